namespace SmartCity.BrowserTests;

/// <summary>Pictures for a person to look at, in <c>artifacts/screens</c>. Run by <c>./build.sh --target=Screens</c>, not with the tests.</summary>
public sealed class Screens(Browser browser, Seoul seoul)
{
    [Fact(Explicit = true)]
    public async Task Every_public_page_by_day_night_and_contrast_on_desk_and_phone_and_the_wall()
    {
        var folder = Directory.CreateDirectory(Repository.Path("artifacts", "screens")).FullName;
        foreach (var language in new[] { "ko", "en" })
        {
            foreach (var (width, height) in new[] { (1280, 800), (1920, 1080), (390, 844) })
            {
                await using var reader = await browser.Reader(seoul.City, width, height);
                foreach (var address in await PublicPages.Of(seoul.City, language))
                {
                    await reader.Open(address);
                    await reader.Page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
                    foreach (var theme in new[] { "day", "night", "contrast" })
                    {
                        await reader.Look(theme);
                        await reader.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{address.Trim('/').Replace('/', '_')}-{width}-{theme}.png"), FullPage = true });
                    }
                }
            }
            await using var wall = await browser.Reader(seoul.City, 5760, 2160);
            await wall.Open($"/{language}?surface=wall");
            await wall.Page.EvaluateAsync("() => document.fonts.ready.then(() => true)");
            foreach (var theme in new[] { "day", "night" })
            {
                await wall.Look(theme);
                await wall.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{language}-wall-{theme}.png") });
            }
        }
        Assert.NotEmpty(Directory.GetFiles(folder, "*.png"));
    }
}
