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
        (_playwright, Chromium) = await InstalledChromium.Start();
        SetDefaultExpectTimeout(30_000);
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
