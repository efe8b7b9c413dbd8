[assembly: AssemblyFixture(typeof(SmartCity.BrowserTests.Browser))]
[assembly: AssemblyFixture(typeof(SmartCity.BrowserTests.Seoul))]

namespace SmartCity.BrowserTests;

/// <summary>The installed Chromium, started once. Nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private IPlaywright _playwright = null!;

    public IBrowser Chromium { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Environment.SetEnvironmentVariable("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1");
        _playwright = await Playwright.CreateAsync();
        Chromium = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = Program(),
            Headless = true,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
        });
        SetDefaultExpectTimeout(30_000);
    }

    private static string Program()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named) return named;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        return new[] { "chromium", "chromium-browser", "google-chrome", "google-chrome-stable" }.SelectMany(name => folders.Select(f => Path.Combine(f, name))).FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException("No Chromium was found: install the package chromium, or name the program in the variable CHROMIUM.");
    }

    /// <summary>A reader with an empty cache.</summary>
    internal async Task<Reader> Reader(TestCity city, int width = 1280, int height = 800, bool script = true, float zoom = 1, Uri? through = null, ColorScheme scheme = ColorScheme.Light)
    {
        var context = await Chromium.NewContextAsync(new()
        {
            BaseURL = (through ?? city.Address).ToString(),
            ViewportSize = new() { Width = width, Height = height },
            DeviceScaleFactor = zoom,
            JavaScriptEnabled = script,
            ReducedMotion = ReducedMotion.Reduce,
            ColorScheme = scheme,
            Locale = "ko-KR",
        });
        context.SetDefaultTimeout(30_000);
        return new(context, await context.NewPageAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await Chromium.CloseAsync();
        _playwright.Dispose();
    }
}
