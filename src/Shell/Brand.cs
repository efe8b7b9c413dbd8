namespace SmartCity.Shell;

/// <summary>The city's own colours and mark, where its host has them: <c>wwwroot/brand.css</c> and <c>wwwroot/brand.svg</c>.</summary>
internal sealed class Brand(IWebHostEnvironment environment)
{
    public bool Colours { get; } = Has(environment, "brand.css");
    public bool Mark { get; } = Has(environment, "brand.svg");

    private static bool Has(IWebHostEnvironment environment, string file) => environment.WebRootFileProvider.GetFileInfo(file).Exists;
}
