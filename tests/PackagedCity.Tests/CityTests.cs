using System.Text.RegularExpressions;

namespace PackagedCity.Tests;

/// <summary>A city of the packed files alone, through its life.</summary>
public sealed class CityTests(TheCity city) : IClassFixture<TheCity>
{
    private static void Says(string part, string whole) => Assert.Contains(part, whole, StringComparison.Ordinal);
    private static void Silent(string part, string whole) => Assert.DoesNotContain(part, whole, StringComparison.Ordinal);

    [Fact]
    public void The_guide_has_at_most_twenty_commands_and_edits() => Assert.InRange(Guide.Steps.Count, 6, 20);

    [Fact]
    public void The_installer_first_asks_to_compare_the_fingerprint() => Says(city.Fingerprint, city.AskedToCompare);

    [Fact]
    public void Tier_A_lives_with_its_own_name_and_map()
    {
        Says("<title>Tashkent</title>", city.TierA["/en"].Html);
        Says("Chilonzor", city.TierA["/en"].Html);
        Assert.Matches(new Regex("<path[^>]+id=\"area-02\"", RegexOptions.None, TimeSpan.FromSeconds(1)), city.TierA["/en"].Html);
    }

    [Fact]
    public void Tier_A_has_its_pages_and_no_others()
    {
        Assert.Equal(200, city.TierA["/en/urban-projects"].Status);
        Says("Ways on foot and by bicycle", city.TierA["/en/indicators/walk-and-wheel"].Html);
        Assert.Equal(404, city.TierA["/en/atmosphere"].Status);
    }

    [Fact]
    public void Client_libraries_and_fonts_come_out_of_the_packages() => Assert.All(new[] { "/lib/leaflet/leaflet.js", "/lib/fonts/fonts.css", "/brand.css" }, file => Assert.Equal(200, city.TierA[file].Status));

    [Fact]
    public void A_dry_run_says_what_comes_and_what_migrates_and_changes_nothing()
    {
        Says("adds     SmartCity.Atmosphere", city.DryRun);
        Says("migrates SmartCity.Traffic: ", city.DryRun);
        Says("Migrations take", city.DryRun);
        Says("Nothing was changed", city.DryRun);
        Says("SmartCity.TierA\"", city.LineAfterDryRun);
    }

    [Fact]
    public void Tier_B_has_the_pages_of_both()
    {
        Says("Chilonzor", city.TierB["/en/atmosphere"].Html);
        Assert.Equal(200, city.TierB["/en/indicators/walk-and-wheel"].Status);
    }

    [Fact]
    public void Going_back_says_what_stays_and_takes_the_pages_away()
    {
        Says("removes  SmartCity.Traffic: its pages go, its data stays (1 rows", city.Returning);
        Assert.Equal(404, city.TierAAgain["/en/atmosphere"].Status);
        Assert.Equal(200, city.TierAAgain["/en"].Status);
    }

    [Fact]
    public void Every_row_is_there_when_the_tier_returns()
    {
        Assert.NotEmpty(city.RowsAtB);
        Assert.True(city.RowsAtB.Values.Sum() > 20, "the city has written something");
        Assert.All(city.RowsAtB, table => Assert.True(city.RowsAtBAgain.GetValueOrDefault(table.Key) >= table.Value, $"{table.Key} had {table.Value} rows and has {city.RowsAtBAgain.GetValueOrDefault(table.Key)}"));
        Assert.True(city.OwnRowFound, "the row that was written at tier B is gone");
    }

    [Fact]
    public void Words_colours_and_mark_are_the_citys()
    {
        Says(">Right now</a>", city.Changed["/en"].Html);
        Assert.Matches(new Regex("href=\"/brand[^\"]*\\.css\"", RegexOptions.None, TimeSpan.FromSeconds(1)), city.Changed["/en"].Html);
        Says("#7a1f5c", city.Changed["/brand.css"].Html);
        Assert.Matches(new Regex("<img src=\"/brand[^\"]*\\.svg\"", RegexOptions.None, TimeSpan.FromSeconds(1)), city.Changed["/en"].Html);
    }

    [Fact]
    public void A_contribution_is_hidden_and_a_tile_replaced()
    {
        Says("id=\"tile-indicators-best-tile\"", city.TierB["/en"].Html);
        Silent("id=\"tile-indicators-best-tile\"", city.Changed["/en"].Html);
        Says("Our own air tile", city.Changed["/en"].Html);
        Says("drawn by the city", city.Changed["/en"].Html);
    }

    [Fact]
    public void A_partial_is_overridden()
    {
        Silent("checked by the city itself", city.TierB["/en"].Html);
        Says("checked by the city itself", city.Changed["/en"].Html);
    }

    [Fact]
    public void A_source_is_read_by_the_citys_own_code()
    {
        Silent(">178<", city.TierB["/en/atmosphere"].Html);
        Says(">178<", city.Changed["/en/atmosphere"].Html);
    }

    [Fact]
    public void A_module_of_its_own_has_its_page_and_its_menu()
    {
        Says("Trees of Tashkent", city.Changed["/en/trees"].Html);
        Says("href=\"/en/trees\"", city.Changed["/en"].Html);
    }

    [Fact]
    public void A_broken_module_says_so_and_the_city_stands()
    {
        Assert.Equal(503, city.Changed["/en/broken"].Status);
        Says("“Broken thing” could not start", city.Changed["/en/broken"].Html);
        Says("id=\"tile-broken-tile\"", city.Changed["/en"].Html);
        Says("this module cannot start", city.Changed["told"].Html);
        Assert.All(new[] { "/en", "/en/indicators", "/en/atmosphere", "/en/search?q=on+foot", "/en/data" }, page => Assert.Equal(200, city.Changed[page].Status));
    }

    [Fact]
    public void Versions_that_do_not_fit_are_named_and_nothing_changes()
    {
        Says($"SmartCity.Traffic {Packed.Version} is not in the package folder; there is 9.9.8", city.Mismatch);
        Says($"SmartCity.TierA\" Version=\"{Packed.Version}\"", city.LineAfterMismatch);
    }

    [Fact]
    public void A_version_that_does_not_become_ready_is_taken_back_with_its_database()
    {
        Says("Backup: ", city.BadUpgrade);
        Says("Version 9.9.1 did not become ready, so everything is as it was", city.BadUpgrade);
        Says($"Version=\"{Packed.Version}\"", city.LineAfterBadUpgrade);
        Assert.Equal(city.RowsBeforeUpgrade, city.RowsAfterBadUpgrade);
    }

    [Fact]
    public void On_PostgreSQL_a_dry_run_says_what_migrates()
    {
        Says("migrates SmartCity.Traffic: ", city.DryRunOnPostgres);
        Says("Nothing was changed", city.DryRunOnPostgres);
    }

    [Fact]
    public void On_PostgreSQL_a_version_that_does_not_become_ready_is_taken_back_with_the_tables_it_made()
    {
        Says("migrates SmartCity.Traffic: ", city.UpgradeOnPostgres);
        Says("Backup: ", city.UpgradeOnPostgres);
        // it was started, so its migrations had run
        Says("It was not ready after 0 s", city.UpgradeOnPostgres);
        Says("Version 9.9.2 did not become ready, so everything is as it was", city.UpgradeOnPostgres);
        Says($"Version=\"{Packed.Version}\"", city.LineAfterPostgres);
        Assert.Contains("urban_projects.witness 1", city.PostgresBefore);
        Assert.DoesNotContain(city.PostgresBefore, t => t.StartsWith("traffic.", StringComparison.Ordinal));
        Assert.Equal(city.PostgresBefore, city.PostgresAfter);
        Assert.Equal("PGDMP", Assert.Single(city.Dumps));
    }

    [Fact]
    public void The_unit_file_is_one_that_systemd_understands()
    {
        Assert.SkipWhen(city.UnitFile is null, "systemd-analyze is not on this machine");
        Assert.Equal("0 ", city.UnitFile);
    }

    [Fact]
    public void A_version_that_becomes_ready_stays()
    {
        Says("Version 9.9.2 became ready", city.GoodUpgrade);
        Says("Version=\"9.9.2\"", city.LineAfterGoodUpgrade);
    }
}
