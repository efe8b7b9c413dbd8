using System.Globalization;
using SmartCity.Shell;

namespace SmartCity.Tests.Looks;

/// <summary>People read numbers their own way; what machines read never changes with them.</summary>
public sealed class UnitsTests
{
    [Theory]
    [InlineData("ko-KR", 9_999, "9,999")]
    [InlineData("ko-KR", 10_000, "1만")]
    [InlineData("ko-KR", 12_000, "1만 2,000")]
    [InlineData("ko-KR", 100_000_000, "1억")]
    [InlineData("ko-KR", 35_741_600_000_000, "35조 7,416억")]
    [InlineData("ko-KR", 423_120_000_000, "4,231억 2,000만")]
    [InlineData("ko-KR", -12_000, "-1만 2,000")]
    [InlineData("en-GB", 35_741_600, "35,741,600")]
    [InlineData("ru-RU", 1_234_567, "1\u00a0234\u00a0567")]
    public void Large_numbers_are_grouped_as_the_reader_does(string culture, double value, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        Assert.Equal(expected, Units.Number(value, shorten: true));
    }

    [Theory]
    [InlineData(4, "0 m")]
    [InlineData(994.9, "990 m")]
    [InlineData(995, "1.0 km")]
    [InlineData(12_340, "12.3 km")]
    public void A_distance_is_told_in_tens_of_metres_then_in_kilometres(double metres, string expected)
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en-GB");
        Assert.Equal(expected, Units.Distance(metres));
    }

    [Fact]
    public void A_unit_has_a_sign_and_a_name_in_the_readers_language()
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko-KR");
        Assert.Equal("µg/m³", Units.Symbol("ug/m3"));
        Assert.Equal("마이크로그램 매 세제곱미터", Units.Name("ug/m3"));
        Assert.Equal("kat", Units.Symbol("kat"));
    }

    [Theory]
    [InlineData("ru-RU")]
    [InlineData("tr-TR")]
    [InlineData("ko-KR")]
    public void Drawings_are_the_same_in_every_culture(string culture)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        var expected = Spark.Of([1.5, 4.2, 5.5, 3.25]).Path;
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
        Assert.Equal(expected, Spark.Of([1.5, 4.2, 5.5, 3.25]).Path);
        Assert.Contains("40.3", expected, StringComparison.Ordinal);
        Assert.Equal("1.5", ChartDrawing.N(1.5));
    }

    [Fact]
    public void A_gap_in_a_line_stays_a_gap()
    {
        var path = Spark.Of([1, 2, null, 3, 4]).Path;
        Assert.Equal(2, path.Count(c => c == 'M'));
        Assert.Equal("", Spark.Of([null, 1, null]).Path);
    }

    [Theory]
    [InlineData(0, 100), InlineData(0.011, 0.032), InlineData(-12.5, 33), InlineData(5, 5), InlineData(1e6, 9e9)]
    public void A_chart_has_at_most_seven_lines_and_holds_every_value(double low, double high)
    {
        var at = new DateTimeOffset(2026, 3, 7, 0, 0, 0, TimeSpan.Zero);
        var drawing = new ChartDrawing(new() { Id = "c", Headline = "h", Subtitle = "s", Unit = "", Series = [new("a", [new(at, low), new(at.AddHours(1), high)])] }, TimeZoneInfo.Utc);
        Assert.InRange(drawing.Grid.Count, 2, 7);
        Assert.InRange(drawing.Y(low), ChartDrawing.Top - 0.1, ChartDrawing.Height - ChartDrawing.Bottom + 0.1);
        Assert.InRange(drawing.Y(high), ChartDrawing.Top - 0.1, ChartDrawing.Height - ChartDrawing.Bottom + 0.1);
    }

    [Theory]
    [InlineData(0, 100, "2026"), InlineData(2_000_000, 8_000_000, "2026"), InlineData(-12_500_000, 3e9, "2026"), InlineData(0.011, 0.032, "2026"), InlineData(1, 2, "2023-12-31"), InlineData(50_000, 150_000, "2023년 1분기")]
    public void Numbers_and_the_first_period_stand_within_the_drawing_at_the_size_of_a_phone(double low, double high, string period)
    {
        const double size = 21;
        var at = new DateTimeOffset(2026, 3, 7, 0, 0, 0, TimeSpan.Zero);
        var drawing = new ChartDrawing(new() { Id = "c", Headline = "h", Subtitle = "s", Unit = "", Decimals = 2, Labels = [period, "z"], Series = [new("a", [new(at, low), new(at.AddHours(1), high)])] }, TimeZoneInfo.Utc);
        // as broad as in the typeface that is printed with, which the pages' own is no broader than
        var face = new Shell.Export.Pdf.Face(Export.Printed.Fonts.Regular, 0);
        Assert.All(drawing.Grid, line => Assert.True(drawing.Left - 8 - face.Width(drawing.Label(line), size) >= 0, drawing.Label(line)));
        Assert.True(drawing.Ticks[0].X - face.Width(period, size) / 2 >= 0, period);
        Assert.InRange(drawing.Left, 52, 220);
    }
}
