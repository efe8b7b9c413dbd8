using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace SmartCity.DisasterSafety.Pages;

/// <summary>Alarms, grouped, and who acknowledged them; below, the rules they follow from.</summary>
[Authorize(DisasterSafetyModule.Desk)]
internal sealed class AlarmsModel(ICity city, IFeeds feeds, IWords words, IAudience audience, Deeds deeds, IncidentBook book, IServiceProvider services) : PageModel
{
    public IReadOnlyList<Alarm> Alarms { get; private set; } = [];
    public DisasterSettings Settings => DisasterSettings.Of(city);
    public bool MayAct => audience.UserName is not null && audience.Can(DisasterSafetyModule.Act) && !HttpContext.Items.ContainsKey(LiveTagHelper.StandsStill);
    public DateTimeOffset Now => feeds.Now;
    public AsOf? AsOf => feeds.AsOf(DisasterSafetyModule.Dispatch);
    public string? Problem { get; private set; }

    public async Task OnGetAsync(CancellationToken cancel) => await Load(cancel);

    public async Task<IActionResult> OnGetAlarmsAsync(CancellationToken cancel)
    {
        await Load(cancel);
        return Partial("_Alarms", this);
    }

    public async Task<IActionResult> OnPostAcknowledgementAsync(string? rule, string? scope, string? incident, string? back, CancellationToken cancel)
    {
        if (!MayAct) return Forbid();
        await Load(cancel);
        var done = false;
        // a group may have called more than once: one touch answers all of it
        foreach (var alarm in Alarms.Where(a => a.Rule == rule && a.Scope == scope)) done |= await deeds.Acknowledge(alarm, incident, cancel);
        if (!done)
        {
            Problem = words["disaster-safety.wrong.alarm"];
            return Page();
        }
        return LocalRedirect($"/{words.Language}/disaster-safety/{(back == "situation" ? "situation" : "alarms")}");
    }

    private Dictionary<string, Incident> _incidents = [];

    /// <summary>What an incident of an alarm is, where and since when; its number in the alarm when it is not told of any longer.</summary>
    public string Named(Call call, int number) => _incidents.TryGetValue(call.Key, out var incident)
        ? $"{Say.What(incident, Openness.For(audience, Settings))}, {Say.Where(incident, city, words)}, {Clock.Of(city, incident.Since, Now)}" : words.Of("disaster-safety.nth", number);

    private async Task Load(CancellationToken cancel)
    {
        Alarms = await DisasterTables.AlarmsNow(services, feeds, city, cancel);
        _incidents = (await book.Now(feeds, cancel)).ToDictionary(i => i.Key, StringComparer.Ordinal);
    }
}
