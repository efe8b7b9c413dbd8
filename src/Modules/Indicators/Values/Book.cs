using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using YamlDotNet.RepresentationModel;

namespace SmartCity.Indicators;

/// <summary>All indicators of the city as they are at one moment: the pack's, and over them what people entered.</summary>
internal sealed record Register(IReadOnlyList<Sector> Sectors, IReadOnlyList<Track> Tracks, IReadOnlySet<(string Indicator, string Area, Period Period)> Disputed)
{
    private readonly Dictionary<string, Track> _byKey = Tracks.ToDictionary(t => t.Indicator.Key, StringComparer.Ordinal);

    public Track? Find(string? key) => key is null ? null : _byKey.GetValueOrDefault(key);

    /// <summary>Behind or ahead by the rule of the boards: the shortfall in units of what counts as near, largest first; of
    /// those with a value and a target, also when their next value is overdue.</summary>
    public IReadOnlyList<Track> Worst(int count) => [.. Tracks.Where(t => t.Aim is { Shortfall: > 0 }).OrderByDescending(t => t.Aim!.Score).ThenBy(t => t.Indicator.Key, StringComparer.Ordinal).Take(count)];
    public IReadOnlyList<Track> Best(int count) => [.. Tracks.Where(t => t.Aim is { Shortfall: <= 0 }).OrderBy(t => t.Aim!.Score).ThenBy(t => t.Indicator.Key, StringComparer.Ordinal).Take(count)];
}

/// <summary>Keeps the register: the pack is read once, what people entered whenever it has changed.</summary>
internal sealed class Book : IHostedService, IDisposable
{
    // a dataset's filter is asked for its choices with the city and nothing else
    private static readonly ConditionalWeakTable<ICity, Book> Books = [];
    private readonly ICity _city;
    private readonly IWords _words;
    private readonly TimeProvider _time;
    private readonly Remembered<IndicatorsDb, Register> _register;
    private Pack? _pack;

    public Book(ICity city, IWords words, IDbContextFactory<IndicatorsDb> dbs, TimeProvider time)
    {
        (_city, _words, _time) = (city, words, time);
        _register = new(dbs, time, Stamp, Read);
    }

    public static Register? Last(ICity city) => Books.TryGetValue(city, out var book) ? book._register.Last : null;

    public Pack Pack => _pack ??= Pack.Load(_city, _words);

    /// <summary>A wrong pack stops the start.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _ = Pack;
        Books.AddOrUpdate(_city, this);
        await Now(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Reads anew at the next question: something was written.</summary>
    public void Forget() => _register.Forget();

    public DateOnly Today => DateOnly.FromDateTime(_city.Local(_time.GetUtcNow()).DateTime);

    public ValueTask<Register> Now(CancellationToken cancel = default) => _register.Now(cancel);

    private static async Task<string> Stamp(IndicatorsDb db, CancellationToken cancel) =>
        $"{await db.Versions.MaxAsync(v => (long?)v.Id, cancel)} {await db.Versions.MaxAsync(v => (long?)v.At, cancel)} {await db.Definitions.MaxAsync(d => (long?)d.At, cancel)} {await db.Disputes.CountAsync(cancel)} {await db.Disputes.CountAsync(d => d.AnsweredAt != null, cancel)}";

    private async Task<Register> Read(IndicatorsDb db, CancellationToken cancel)
    {
        var indicators = Pack.Indicators.ToDictionary(i => i.Key, StringComparer.Ordinal);
        foreach (var row in await db.Definitions.AsNoTracking().OrderBy(d => d.Key).ToListAsync(cancel))
            // one that a newer pack took over, or that an older version of the program would not understand, is left out
            if (Definition.Parse(row.Json).Root is YamlMappingNode root && Definition.Read(root, null, Pack.Sectors, _city.Languages, demonstration: false, byForm: true).Indicator is { } defined)
                indicators.TryAdd(defined.Key, defined);

        var values = new Dictionary<(string, string), SortedDictionary<Period, Observation>>();
        SortedDictionary<Period, Observation> Of(string indicator, string area) =>
            values.TryGetValue((indicator, area), out var found) ? found : values[(indicator, area)] = [];
        foreach (var value in Pack.Values) Of(value.Indicator, value.Area)[value.Period] = new(value.Period, value.Value, 0, indicators[value.Indicator].Demonstration);
        await foreach (var version in db.Versions.AsNoTracking().OrderBy(v => v.Id).AsAsyncEnumerable().WithCancellation(cancel))
        {
            if (!indicators.TryGetValue(version.Indicator, out var indicator) || !Period.TryParse(version.Period, out var period) || period.Cycle != indicator.Cycle) continue;
            var series = Of(version.Indicator, version.Area);
            // what is computed for a demonstration is computed from made-up data
            series[period] = new(period, version.Value, series.TryGetValue(period, out var old) ? old.Versions + 1 : 0, version.Person == Recorder.By && indicator.Demonstration);
        }
        var tracks = indicators.Values.OrderBy(i => i.Sector.Order).ThenBy(i => i.Sector.Key, StringComparer.Ordinal)
            .Select(i => new Track(i, values.Where(v => v.Key.Item1 == i.Key).Select(v => KeyValuePair.Create<string, IReadOnlyList<Observation>>(v.Key.Item2, [.. v.Value.Values])))).ToList();
        var disputed = (await db.Disputes.AsNoTracking().Where(d => d.AnsweredAt == null).ToListAsync(cancel)).Select(d => (d.Indicator, d.Area, Period: Period.TryParse(d.Period, out var p) ? p : default)).ToHashSet();
        return new(Pack.Sectors, tracks, disputed);
    }

    /// <summary>A definition as it is stored.</summary>
    public static string Json(IReadOnlyDictionary<string, object> fields) => JsonSerializer.Serialize(fields, Relaxed);

    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public void Dispose() => _register.Dispose();
}
