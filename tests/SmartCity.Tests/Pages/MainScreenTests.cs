namespace SmartCity.Tests.Pages;

public sealed class MainScreenTests
{
    [Fact]
    public async Task The_main_screen_shows_every_area_with_a_value()
    {
        await using var city = await TestCity.Start();
        await city.UntilFed();
        var html = await city.Client().GetStringAsync("/en");
        Assert.Contains("Gangseo", html, StringComparison.Ordinal);
        var csv = await city.Client().GetStringAsync("/data/atmosphere.air-now.csv");
        Assert.Equal(25, csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length - 1);
        Assert.DoesNotContain(",,", csv.Split("\r\n")[1], StringComparison.Ordinal);
    }
}
