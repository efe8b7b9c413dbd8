using System.Text.RegularExpressions;

namespace SmartCity.Tests.Looks;

/// <summary>Every palette that ships is measured: what is read has contrast, what is told apart has distance, for every eye.</summary>
public sealed partial class PaletteTests
{
    private static readonly string[] Themes = ["day", "night", "contrast"];
    private static readonly string[] Grounds = ["canvas", "surface", "surface-2", "st-info-soft", "st-caution-soft", "st-serious-soft", "st-critical-soft"];
    private static readonly string[] Fills = ["seq-0", "seq-1", "seq-2", "seq-3", "seq-4", "seq-none", "wet-1", "wet-2", "wet-3", "wet-4"];

    public static TheoryData<string> Every => [.. Themes];

    [Theory, MemberData(nameof(Every))]
    public void Text_is_read_on_every_ground(string theme) =>
        Least(theme, ["ink", "ink-2", "ink-3"], Grounds, 4.5);

    [Theory, MemberData(nameof(Every))]
    public void Links_and_accents_are_read(string theme) =>
        Least(theme, ["accent"], ["canvas", "surface"], 4.5);

    [Theory, MemberData(nameof(Every))]
    public void Signs_of_state_stand_out_from_their_ground(string theme) =>
        Least(theme, ["st-neutral", "st-info", "st-caution", "st-serious", "st-critical", "focus", "line-strong"], ["canvas", "surface"], 3);

    [Theory, MemberData(nameof(Every))]
    public void The_sign_inside_a_glyph_stands_out_from_it(string theme) =>
        Least(theme, ["st-on"], ["st-info", "st-caution", "st-serious", "st-critical"], 3);

    [Theory, MemberData(nameof(Every))]
    public void Names_and_values_are_read_on_every_fill_of_the_map(string theme) =>
        Least(theme, ["ink", "map-label"], Fills, 4.5);

    [Theory, MemberData(nameof(Every))]
    public void Lines_of_a_chart_stand_out_and_apart(string theme)
    {
        Least(theme, ["c1", "c2", "c3", "c4"], ["surface"], 3);
        Apart(theme, ["c1", "c2", "c3", "c4"], 14);
    }

    [Theory, MemberData(nameof(Every))]
    public void States_are_told_apart_by_every_eye(string theme) =>
        Apart(theme, ["st-info", "st-caution", "st-serious", "st-critical"], 14);

    [Theory, MemberData(nameof(Every))]
    public void Steps_of_a_fill_differ_from_their_neighbours(string theme)
    {
        var tokens = Tokens(theme);
        foreach (var scale in new[] { new[] { "seq-0", "seq-1", "seq-2", "seq-3", "seq-4" }, ["seq-0", "wet-1", "wet-2", "wet-3", "wet-4"] })
            foreach (var (one, next) in scale.Zip(scale.Skip(1)))
                Assert.True(Colour.Distance(tokens[one], tokens[next]) >= 5, $"{theme}: {one} {tokens[one]} and {next} {tokens[next]} are {Colour.Distance(tokens[one], tokens[next]):0.0} apart for the worst eye");
    }

    [Fact]
    public void The_device_wish_for_dark_is_the_night_theme() => Assert.Equal(Tokens("night"), Tokens("auto"));

    [Fact]
    public void The_measure_finds_a_pair_that_cannot_be_read()
    {
        Assert.Equal(21, Colour.Contrast("#000", "#fff"), 1);
        Assert.True(Colour.Contrast("#777777", "#888888") < 1.5);
        // red and green of the same lightness are one colour to some
        Assert.True(Colour.Distance("#a05000", "#6e6e00") < 14);
    }

    private static void Least(string theme, string[] tops, string[] grounds, double least)
    {
        var tokens = Tokens(theme);
        var wrong = (from top in tops from ground in grounds let contrast = Colour.Contrast(tokens[top], tokens[ground]) where contrast < least select $"{top} {tokens[top]} on {ground} {tokens[ground]}: {contrast:0.00}").ToList();
        Assert.True(wrong.Count == 0, $"{theme}, at least {least}: {string.Join("; ", wrong)}");
    }

    private static void Apart(string theme, string[] colours, double least)
    {
        var tokens = Tokens(theme);
        var wrong = (from one in colours from other in colours where string.CompareOrdinal(one, other) < 0 let distance = Colour.Distance(tokens[one], tokens[other]) where distance < least select $"{one} {other}: {distance:0.0}").ToList();
        Assert.True(wrong.Count == 0, $"{theme}, at least {least} apart: {string.Join("; ", wrong)}");
    }

    private static Dictionary<string, string> Tokens(string theme)
    {
        var css = File.ReadAllText(Repository.Path("src", "Shell", "wwwroot", "css", "city.css"));
        var start = css.IndexOf($"[data-theme={theme}] {{", StringComparison.Ordinal);
        Assert.True(start >= 0, $"city.css has no theme {theme}");
        return Token().Matches(css[start..css.IndexOf('}', start)]).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
    }

    [GeneratedRegex(@"--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b", RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
