using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.Traffic.Pages;

/// <summary>Traffic at a glance.</summary>
internal sealed class IndexModel : PageModel;
