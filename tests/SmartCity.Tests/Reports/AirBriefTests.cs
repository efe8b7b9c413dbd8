using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.Atmosphere;
using SmartCity.Shell;
using SmartCity.Shell.Localization;
using SmartCity.Shell.Reports;
using SmartCity.Tests.Export;

namespace SmartCity.Tests.Reports;

/// <summary>The air's lines of the city brief say of which day they speak, and nothing where nothing is known.</summary>
public sealed class AirBriefTests
{
    // nine in the morning by the city's clock
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 0, 0, 0, TimeSpan.Zero);
    private static readonly WordBook Words = new(Printed.City, [typeof(SmartCityApp).Assembly, typeof(AtmosphereModule).Assembly], NullLogger<WordBook>.Instance);

    private static async Task<IReadOnlyList<BriefLine>> Lines(Func<string, string?, DateTimeOffset, double?> value)
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("en-GB");
        return await AirBrief.Lines(new(null!, Printed.City, new Known(value), null!, Words, new Dictionary<string, string>(), ReportBook.Since(Printed.City, Now), Now, TestContext.Current.CancellationToken));
    }

    private static DateTimeOffset Midnight { get; } = new(2026, 3, 1, 15, 0, 0, TimeSpan.Zero);
    private static string Dusty => Printed.City.Areas[3].Code;

    [Fact]
    public async Task Yesterday_is_told_where_it_is_known()
    {
        var line = Assert.Single(await Lines((property, area, at) => property != "pm25" || at >= Midnight ? null : area == Dusty ? 90 : 10));
        Assert.StartsWith($"fine dust was highest in {Printed.City.Areas[3].Name.In("en")} yesterday, 90 µg/m³ on average (Very unhealthy)", line.Text, StringComparison.Ordinal);
        Assert.Equal((State.Serious, BriefPart.Changed), (line.State, line.Part));
    }

    [Fact]
    public async Task Today_stands_in_for_yesterday_and_says_so()
    {
        var line = Assert.Single(await Lines((property, area, at) => property != "pm25" || at < Midnight ? null : area == Dusty ? 20 : 10));
        Assert.StartsWith("nothing was received for yesterday. Today so far", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_is_known_nothing_is_said() => Assert.Empty(await Lines((_, _, _) => null));

    [Fact]
    public async Task Rain_of_yesterday_is_summed_and_a_dry_day_is_no_news()
    {
        Assert.Contains("12.0 mm of rain", Assert.Single(await Lines((property, _, at) => property == "rain-10m" && at < Midnight ? 0.5 : null)).Text, StringComparison.Ordinal);
        Assert.Empty(await Lines((property, _, _) => property == "rain-10m" ? 0 : null));
    }

    /// <summary>Hours with a value each, as a function says.</summary>
    private sealed class Known(Func<string, string?, DateTimeOffset, double?> value) : IFeeds
    {
        public Task<IReadOnlyList<Point>> History(string feed, string property, string? thing, DateTimeOffset from, DateTimeOffset to, Step step, CancellationToken cancel = default)
        {
            var points = new List<Point>();
            for (var at = from; at < to; at = at.AddHours(1)) points.Add(new(at, value(property, thing, at), Sum: value(property, thing, at)));
            return Task.FromResult<IReadOnlyList<Point>>(points);
        }

        public DateTimeOffset Now => Midnight;
        public AsOf? AsOf(string feed) => null;
        public IReadOnlyList<Event> Events(string feed) => [];
        public Task<IReadOnlyList<Event>> EventLog(string feed, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Event>>([]);
        public Task<IReadOnlyList<Figure>> Figures(string feed, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Figure>>([]);
        public Snapshot Latest(string feed) => Snapshot.None;
        public Task<IReadOnlyList<Reading>> Since(string feed, string property, DateTimeOffset from, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Reading>>([]);
        public Task<IReadOnlyList<Document>> Documents(string feed, int count, CancellationToken cancel = default) => Task.FromResult<IReadOnlyList<Document>>([]);
        public Picture? Picture(string feed) => null;
    }
}
