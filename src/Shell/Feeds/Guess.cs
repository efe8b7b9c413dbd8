using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.Shell.City;
using SmartCity.Shell.Feeds.Mapping;

namespace SmartCity.Shell.Feeds;

/// <summary>What a table's columns probably are, for whatever a descriptor leaves open: a proposal, which a person confirms.</summary>
internal static partial class Guess
{
    private const int Looked = 200;

    /// <summary>Fills in the map of a plan where it says nothing: what names the things, when, where, and which columns are numbers.</summary>
    public static FeedPlan Complete(FeedPlan plan, Table table, CityPack city)
    {
        if (plan.Feed.Kind != FeedKind.Observations || plan.Descriptor.Map.Values.Count > 0 || table.Rows.Count == 0) return plan;
        var map = plan.Descriptor.Map;
        var used = new HashSet<string>(StringComparer.Ordinal);
        if (map.Time.From.Count == 0)
        {
            if (Time(table, city) is var (column, format)) (map.Time.From, map.Time.Format) = ([column], [format]);
            else map.Time.Absent = "answer";
        }
        used.UnionWith(map.Time.From);
        if (map.Place.Lat.Count == 0 && map.Place.Geometry.Count == 0)
        {
            var (lat, lon, x, y, crs) = Place(table);
            if (lat is not null) (map.Place.Lat, map.Place.Lon) = ([lat], [lon!]);
            else if (x is not null) (map.Place.X, map.Place.Y, map.Place.Crs) = ([x], [y!], crs!);
            else if (table.Columns.FirstOrDefault(c => c.EndsWith("geometry", StringComparison.OrdinalIgnoreCase)) is { } geometry) map.Place.Geometry = [geometry];
        }
        used.UnionWith(map.Place.Lat.Concat(map.Place.Lon).Concat(map.Place.X).Concat(map.Place.Y).Concat(map.Place.Geometry));
        if (map.Thing.From.Count == 0 && Thing(table, used) is { } thing) map.Thing.From = [thing];
        used.UnionWith(map.Thing.From);
        if (map.Thing.Name.Count == 0 && table.Columns.FirstOrDefault(c => !used.Contains(c) && NameName().IsMatch(c) && !Numbers(table, c) && !Areas(table, c, city)) is { } name) map.Thing.Name = [name];
        used.UnionWith(map.Thing.Name);
        if (map.Thing is { Area.Count: 0, IsArea: false })
        {
            if (map.Thing.From is [var from] && Areas(table, from, city)) map.Thing.IsArea = true;
            else if (table.Columns.FirstOrDefault(c => !used.Contains(c) && Areas(table, c, city)) is { } area) map.Thing.Area = [area];
            else map.Thing.AreaByPlace |= map.Place.Lat.Count + map.Place.X.Count + map.Place.Geometry.Count > 0;
        }
        used.UnionWith(map.Thing.Area);
        foreach (var column in table.Columns.Where(c => !used.Contains(c) && !IsCode(c) && table.Numeric?.Contains(c) != false && Numbers(table, c)).Take(60))
            map.Values.TryAdd(Key(column, map.Values.Keys), new() { From = [column], Required = false, Decimals = Decimals(table, column), Unit = table.Units.GetValueOrDefault(column) ?? UnitOf(column) });
        // nothing is measured: what stands there is told
        if (map.Values.Count == 0 && plan.Descriptor.Kind is null) plan.Descriptor.Kind = "things";
        return plan with { Feed = FeedPlan.FeedOf(plan.Descriptor, null)! };
    }

    // nearly every text is a name or a code of an area of this city
    private static bool Areas(Table table, string column, CityPack city)
    {
        var texts = Texts(table, column).Take(50).ToList();
        return texts.Count > 0 && texts.Count(t => city.FindArea(t, "name") is not null) >= 0.8 * texts.Count;
    }

    private static int Decimals(Table table, string column) =>
        Math.Min(3, Texts(table, column).Take(50).Select(t => t.IndexOf('.', StringComparison.Ordinal) is >= 0 and var at ? t.Length - at - 1 : 0).DefaultIfEmpty(0).Max());

    /// <summary>The unit that stands in brackets behind a column's name; null when there is none that is known.</summary>
    public static string? UnitOf(string column) =>
        column.LastIndexOfAny(['(', '[']) is >= 0 and var open && column.LastIndexOfAny([')', ']']) is var close && close > open ? Ucum.Code(column[(open + 1)..close]) : null;

    /// <summary>What a column's cells are, in a word: number, time or text; empty when it has none.</summary>
    public static string TypeOf(Table table, string column, CityPack city)
    {
        var texts = Texts(table, column).Take(50).ToList();
        if (texts.Count == 0) return "";
        if (TimeName().IsMatch(column) && texts.TrueForAll(t => Moments.Guess(t, city.Zone) is not null)) return "time";
        return Numbers(table, column) ? "number" : texts.TrueForAll(t => t.Length >= 8 && Moments.Guess(t, city.Zone) is not null) ? "time" : "text";
    }

    /// <summary>A key for what a column holds.</summary>
    public static string KeyOf(string column) => Key(column, []);

    private static IEnumerable<string> Texts(Table table, string column)
    {
        var at = table.Find(column);
        return table.Rows.Take(Looked).Select(r => Table.At(r, at).ToString()).Where(t => t.Length > 0);
    }

    /// <summary>The column of times and its format.</summary>
    public static (string Column, string Format)? Time(Table table, CityPack city)
    {
        foreach (var column in table.Columns.OrderByDescending(c => TimeName().IsMatch(c)))
        {
            var texts = Texts(table, column).Take(20).ToList();
            if (texts.Count == 0 || !TimeName().IsMatch(column) && texts.TrueForAll(t => t.Length < 12)) continue;
            foreach (var format in Moments.Spellings)
                if (texts.TrueForAll(t => (format is not ("unix" or "unix-ms") || t.Length is 10 or 13) && Moments.Read(Cell.Of(t), new() { Format = [format] }, city.Zone, city.Languages) is { } at && at.At.Year is > 1990 and < 2100)) return (column, format);
        }
        return null;
    }

    private static (string? Lat, string? Lon, string? X, string? Y, string? Crs) Place(Table table)
    {
        double? Typical(string column) => Texts(table, column).Select(t => double.TryParse(t, NumberStyles.Float, CultureInfo.InvariantCulture, out var n) ? n : double.NaN).Where(n => double.IsFinite(n) && n != 0).Select(n => (double?)n).FirstOrDefault();
        var lat = table.Columns.FirstOrDefault(c => LatName().IsMatch(c) && Math.Abs(Typical(c) ?? 999) <= 90);
        var lon = table.Columns.FirstOrDefault(c => LonName().IsMatch(c) && Math.Abs(Typical(c) ?? 999) <= 180);
        if (lat is not null && lon is not null) return (lat, lon, null, null, null);
        var x = table.Columns.FirstOrDefault(XName().IsMatch);
        var y = table.Columns.FirstOrDefault(YName().IsMatch);
        if (x is null || y is null || Typical(x) is not { } east || Typical(y) is not { } north) return default;
        if (Math.Abs(east) <= 180 && Math.Abs(north) <= 90) return (y, x, null, null, null);
        return (null, null, x, y, east > 700_000 ? "EPSG:5179" : north > 510_000 ? "EPSG:5186" : "EPSG:5181");
    }

    // the column that is a name or a code and has the most different texts
    private static string? Thing(Table table, HashSet<string> used)
    {
        var open = table.Columns.Where(c => !used.Contains(c)).Select(c => (Column: c, Texts: Texts(table, c).ToList())).Where(c => c.Texts.Count > 0 && c.Texts.TrueForAll(t => t.Length <= 100)).ToList();
        return open.Where(c => IdName().IsMatch(c.Column) || NameName().IsMatch(c.Column)).OrderByDescending(c => c.Texts.Distinct(StringComparer.Ordinal).Count()).ThenByDescending(c => IdName().IsMatch(c.Column)).Select(c => c.Column).FirstOrDefault()
            ?? open.Where(c => !Numbers(table, c.Column)).OrderByDescending(c => c.Texts.Distinct(StringComparer.Ordinal).Count()).Select(c => c.Column).FirstOrDefault();
    }

    private static bool Numbers(Table table, string column)
    {
        var texts = Texts(table, column).Where(t => t is not ("-" or "N/A" or "null")).Take(50).ToList();
        return texts.Count > 0 && texts.TrueForAll(t => double.TryParse(t, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var n) && double.IsFinite(n));
    }

    private static bool IsCode(string column) => CodeName().IsMatch(column);

    private static string Key(string column, IEnumerable<string> taken)
    {
        var key = NotInKeys().Replace(column.ToLowerInvariant(), "-").Trim('-');
        if (key.Length > 50) key = key[..50].Trim('-');
        if (key.Length == 0) key = "value";
        var unique = key;
        for (var n = 2; taken.Contains(unique); n++) unique = $"{key}-{n}";
        return unique;
    }

    [GeneratedRegex("time|date|_dt$|_ymd$|ymdhm|_tm$|시각|일시|일자|observed|updated|timestamp|_at$", RegexOptions.IgnoreCase, 5000)] private static partial Regex TimeName();
    [GeneratedRegex("lat|ycrd|위도|_y$", RegexOptions.IgnoreCase, 5000)] private static partial Regex LatName();
    [GeneratedRegex("lon|lng|long|lot|xcrd|경도|_x$", RegexOptions.IgnoreCase, 5000)] private static partial Regex LonName();
    [GeneratedRegex("^(x|.*_x|xcrd.*|.*xcnts.*|x좌표)$", RegexOptions.IgnoreCase, 5000)] private static partial Regex XName();
    [GeneratedRegex("^(y|.*_y|ycrd.*|.*ydnts.*|y좌표)$", RegexOptions.IgnoreCase, 5000)] private static partial Regex YName();
    [GeneratedRegex("(?i:(^|[_/.-])(id|cd|code|no|sn)$)|Id$|코드|번호", RegexOptions.None, 5000)] private static partial Regex IdName();
    [GeneratedRegex("name|_nm$|nm$|이름|명$|title|station", RegexOptions.IgnoreCase, 5000)] private static partial Regex NameName();
    [GeneratedRegex("(_|^)(cd|code|id|no|sn|ymd|dt|tm|tel|zip)$|Id$|코드|번호|전화", RegexOptions.IgnoreCase, 5000)] private static partial Regex CodeName();
    [GeneratedRegex(@"[^\p{L}\p{N}]+", RegexOptions.None, 5000)] private static partial Regex NotInKeys();
}
