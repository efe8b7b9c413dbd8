using SmartCity.Indicators;
using SmartCity.Shell.City;
using SmartCity.Shell.Localization;

namespace SmartCity.Tests.Indicators;

/// <summary>The demonstration city's pack, or a copy of it with other indicators, without a host.</summary>
internal sealed class PackCity : IDisposable
{
    private readonly string? _copy;

    public PackCity(params (string File, string Text)[] indicators)
    {
        var folder = Repository.Path("cities", "seoul");
        if (indicators.Length > 0)
        {
            _copy = Directory.CreateTempSubdirectory("smartcity-pack-").FullName;
            foreach (var file in new[] { "city.json", "outline.geojson", "water.geojson" }) File.Copy(Path.Combine(folder, file), Path.Combine(_copy, file));
            Directory.CreateDirectory(Path.Combine(_copy, "indicators"));
            foreach (var (file, text) in indicators) File.WriteAllText(Path.Combine(_copy, "indicators", file), text);
            folder = _copy;
        }
        City = CityPack.Load(folder);
        Words = new((CityPack)City, [typeof(IndicatorsModule).Assembly], Microsoft.Extensions.Logging.Abstractions.NullLogger<WordBook>.Instance);
    }

    public ICity City { get; }
    public WordBook Words { get; }
    public Pack Load() => Pack.Load(City, Words);

    /// <summary>A definition that is right.</summary>
    public const string Right = """
        sector: {ko: "안전", en: "Safety"}
        order: 1
        indicators:
          - key: calm
            name: {ko: "고요", en: "Calm"}
            plain: {ko: "얼마나 고요한지", en: "How calm it is"}
            unit: "%"
            decimals: 1
            direction: up
            cycle: year
            target: {2020: 10, 2030: 20}
            near: 0.5
            min: 0
            max: 100
            owner: {ko: "부서", en: "Department"}
            person: {ko: "과장", en: "Head"}
            method: {ko: "센다", en: "Counted"}
            caveats: {ko: "없음", en: "None"}
            source: typed
            sourceName: {ko: "대장", en: "Register"}

        """;

    public void Dispose()
    {
        if (_copy is not null) Directory.Delete(_copy, recursive: true);
    }
}
