using System.Globalization;
using System.Text.RegularExpressions;
using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>Turns the rows of one fetch into records by a descriptor: aliases, missing values, outages, ranges, units, times, places, areas.</summary>
internal sealed partial class RowMap
{
    /// <summary>How far a source's clock may be ahead of ours.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMinutes(5);
    private const int MaxKey = 200, MaxName = 200, MaxText = 4000;

    private readonly FeedPlan _plan;
    private readonly FeedDescriptor.MapOf _map;
    private readonly CityPack _city;
    private readonly Table _table;
    private readonly TimeSpan _covers;
    private readonly DateTimeOffset _fetchedAt;
    private readonly Oddities _odd = new();
    private readonly HashSet<string> _missing;
    private readonly Dictionary<string, Thing?> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (DateTimeOffset At, DateTimeOffset? Until)?> _times = new(StringComparer.Ordinal);
    private readonly HashSet<int> _used = [];

    private RowMap(FeedPlan plan, CityPack city, Table table, TimeSpan covers, DateTimeOffset fetchedAt)
    {
        (_plan, _map, _city, _table, _covers, _fetchedAt) = (plan, plan.Descriptor.Map, city, table, covers, fetchedAt);
        _missing = new(_map.Missing, StringComparer.Ordinal);
        foreach (var oddity in table.Oddities) _odd.Say(oddity);
    }

    /// <summary>Maps a table that was read well.</summary>
    /// <param name="plan">The feed.</param>
    /// <param name="city">For areas, zone and languages.</param>
    /// <param name="table">Its rows.</param>
    /// <param name="covers">What a time of the table stands for, from it on.</param>
    /// <param name="fetchedAt">When it was fetched.</param>
    public static Mapped Map(FeedPlan plan, CityPack city, Table table, TimeSpan covers, DateTimeOffset fetchedAt)
    {
        var came = table.Rows.Count;
        if (TableSteps.Apply(plan.Descriptor.Rows, table, city) is { } refused) return new(FetchOutcome.SchemaDrift, refused);
        // the answer is well and holds nothing of this kind
        if (table.Rows.Count == 0 && came > 0 && plan.Feed.Kind is not (FeedKind.Events or FeedKind.Documents)) return new(FetchOutcome.Empty, "no row is of this kind");
        var map = new RowMap(plan, city, table, covers, fetchedAt);
        var mapped = plan.Feed.Kind switch
        {
            FeedKind.Events => map.Events(),
            FeedKind.Things => map.ThingsOnly(),
            FeedKind.Figures => map.Figures(),
            FeedKind.Documents => map.Documents(),
            _ => map.Observations(),
        };
        return mapped with { Unmapped = [.. table.Columns.Where((_, i) => !map._used.Contains(i))] };
    }

    /// <summary>The columns of a table that a list of aliases means: the first one in which a row has something.</summary>
    private readonly struct Alias(int[] columns)
    {
        public bool Any => columns is { Length: > 0 };
        public Cell Of(Cell[] row)
        {
            if (columns is null) return default;
            Cell empty = default;
            foreach (var column in columns)
            {
                var cell = Table.At(row, column);
                if (cell.Kind == CellKind.None) continue;
                // a name that is there and empty does not hide the next one
                if (cell is not { Kind: CellKind.Text, Text.Length: 0 }) return cell;
                empty = cell;
            }
            return empty;
        }
        /// <summary>The first cell of which something comes.</summary>
        public T? First<T>(Cell[] row, Func<string, T?> of) where T : class
        {
            if (columns is not null)
                foreach (var column in columns)
                    if (Table.At(row, column) is { Kind: not CellKind.None } cell && of(cell.ToString()) is { } found) return found;
            return null;
        }
        public string? Text(Cell[] row) => Of(row) is { Kind: not CellKind.None } cell ? cell.ToString() : null;
    }

    private Alias Columns(List<string> names)
    {
        if (names.Count == 0) return default;
        var found = names.Select(_table.Find).Where(i => i >= 0).ToArray();
        foreach (var column in found) _used.Add(column);
        return new(found);
    }

    private bool Gone(List<string> names) => names.Count > 0 && names.TrueForAll(n => _table.Find(n) < 0);

    private Mapped? Drift(params (string Name, List<string> Columns)[] needed)
    {
        // nothing at all is said by the source as a success, or refused by the number of rows
        if (_table.Rows.Count == 0) return null;
        var lost = needed.Where(n => Gone(n.Columns)).Select(n => n.Name).ToList();
        if (lost.Count == 0) return null;
        return new(FetchOutcome.SchemaDrift, $"no column for {string.Join(", ", lost)}; the source sends {NewsReader.Plain(string.Join(", ", _table.Columns.Take(20)), 300)}");
    }

    private Mapped Ended(Mapped mapped, int good, string what)
    {
        var (least, rows) = (_plan.Descriptor.Expect.Rows, _table.Rows.Count);
        if (good < Math.Max(_plan.Feed.Kind is FeedKind.Observations ? 1 : 0, least))
            return new(FetchOutcome.SchemaDrift, Join($"{good} of at least {Math.Max(1, least)} {what} could be read"));
        if (rows > _plan.Descriptor.Expect.MaxRows) return new(FetchOutcome.SchemaDrift, $"{rows} rows, more than the {_plan.Descriptor.Expect.MaxRows} that are expected");
        if (good == 0 && rows > 0 && _odd.Any && _plan.Feed.Kind is not FeedKind.Events) return new(FetchOutcome.SchemaDrift, Join("nothing could be read"));
        if (_bad > _plan.Descriptor.Expect.BadShare * rows) return new(FetchOutcome.SchemaDrift, Join($"{_bad} of {rows} rows are bad"));
        return mapped with { Detail = _odd.Any ? _odd.ToString() : null };
    }

    private int _bad;

    private string Join(string first) => _odd.Any ? $"{first}; {_odd}" : first;

    private Mapped Observations()
    {
        var drift = new List<(string, List<string>)>();
        // a column that only an outage rule looks at counts too: without it an outage's zeros would pass for values
        foreach (var (key, field) in _map.Values.Concat(_map.Fields)) if (field.Required) drift.Add((key, field.From));
        drift.Add(("thing", _map.Thing.From));
        if (_map.Time.Absent == "none") drift.Add(("time", _map.Time.From));
        if (Drift([.. drift]) is { } lost) return lost;

        var properties = _plan.Feed.Properties.ToDictionary(p => p.Key);
        var fields = _map.Values.Select(v => new Field(v.Key, v.Value, properties[v.Key], Columns(v.Value.From), Columns(v.Value.UnitFrom), _plan.Descriptor.Map)).ToArray();
        var outages = _map.Outages.Where(o => o.When.Count > 0).Select(o => (o.Quality, When: o.When.Select(w => (Columns((_map.Fields.GetValueOrDefault(w.Key) ?? _map.Values[w.Key]).From), w.Value)).ToArray())).ToArray();
        var things = new ThingColumns(this);
        var time = new TimeColumns(this, _map.Time);
        var found = new Dictionary<string, Thing>(_table.Rows.Count, StringComparer.Ordinal);
        var rowOf = new Dictionary<(string, DateTimeOffset), int>(_table.Rows.Count);
        _known.EnsureCapacity(_table.Rows.Count);
        var readings = new List<Reading?>(_table.Rows.Count * fields.Length);
        foreach (var row in _table.Rows)
        {
            if (things.Skipped(row)) continue;
            if (things.Of(row) is not { } thing) { Bad("rows name nothing that this city knows"); continue; }
            if (time.Of(row) is not { } at) { Bad("rows have no time that can be read"); continue; }
            // a time ahead of the clock is an error of the source's, not the future
            if (at.At > _fetchedAt + Ahead) { Bad("rows are from the future"); continue; }
            found[thing.Key] = thing;
            Quality? outage = null;
            foreach (var (quality, when) in outages) if (Array.TrueForAll(when, w => Same(w.Item1.Text(row), w.Value))) { outage = quality; break; }
            if (!rowOf.TryGetValue((thing.Key, at.At), out var first))
            {
                rowOf[(thing.Key, at.At)] = first = readings.Count;
                for (var i = 0; i < fields.Length; i++) readings.Add(null);
            }
            for (var i = 0; i < fields.Length; i++)
            {
                var cell = fields[i].Columns.Of(row);
                // a column that comes and goes: the thing does not have it
                if (cell.Kind == CellKind.None && !fields[i].Of.Required) continue;
                var (value, quality) = outage is Quality.Maintenance or Quality.Missing ? (null, outage.Value) : Value(fields[i], cell, row);
                if (value is not null && outage is { } known) quality = known;
                // of two rows for one moment, one that has a value says more
                if (value is null && readings[first + i]?.Value is not null) continue;
                readings[first + i] = new(thing.Key, fields[i].Key, at.At, at.Until ?? at.At + _covers, _fetchedAt, value, quality);
            }
        }
        readings.RemoveAll(r => r is null);
        return Ended(new(FetchOutcome.Ok) { Readings = readings!, Things = found }, found.Count, "rows");
    }

    private void Bad(string what, string? example = null)
    {
        _bad++;
        _odd.Count(what, example);
    }

    private sealed class Field(string key, FeedDescriptor.FieldOf of, Property property, Alias columns, Alias unit, FeedDescriptor.MapOf map)
    {
        public string Key => key;
        public FeedDescriptor.FieldOf Of => of;
        public Property Property => property;
        public Alias Columns => columns;
        public Alias Unit => unit;
        public Regex? Match { get; } = of.Match is { } match ? new(match, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
        public (double Factor, double Offset) By { get; } = of.Unit is { } from && Ucum.Factor(from, property.Unit) is { } factor ? factor : (1, 0);
        public bool Words { get; } = map.Words.Count > 0;
    }

    private (double?, Quality) Value(Field field, Cell cell, Cell[] row)
    {
        double value;
        if (cell.Kind == CellKind.Number)
        {
            value = cell.Number;
            if (_missing.Count > 0 && _missing.Contains(cell.ToString())) return (null, Quality.Missing);
        }
        else
        {
            var text = cell.Kind == CellKind.None ? "" : cell.Text!.AsSpan().Trim() is var t && t.Length == cell.Text!.Length ? cell.Text! : t.ToString();
            if (text.Length == 0 || _missing.Contains(text)) return (null, Quality.Missing);
            if (field.Match is { } match)
            {
                if (match.Match(text.Length > 500 ? text[..500] : text) is not { Success: true } m) { Unread(text); return (null, Quality.Missing); }
                text = m.Groups[1].Value;
            }
            if (field.Words && _map.Words.TryGetValue(text, out var meant)) return (meant, Quality.Good);
            // thousands are grouped by some sources; 12,34 is a decimal comma, which none may use without saying so
            if (Number(text) is { } number) value = number;
            else
            {
                Unread(text);
                return (null, Quality.Missing);
            }
        }
        var (factor, offset) = field.By;
        if (field.Unit.Any && field.Unit.Text(row) is { Length: > 0 } written)
        {
            if (Ucum.Code(written) is not { } unit || Ucum.Factor(unit, field.Property.Unit) is not { } own)
            {
                _odd.Count("values are in a unit that cannot be turned into ours", written);
                return (null, Quality.Suspect);
            }
            (factor, offset) = own;
        }
        value = value * field.Of.Scale * factor + offset;
        if (double.IsFinite(value) && value >= field.Property.Min && value <= field.Property.Max) return (value == 0 ? 0 : value, field.Of.Quality);
        _odd.Count("values are outside what is believed");
        return (null, Quality.Suspect);
    }

    private void Unread(string text) => _odd.Count("values are not numbers", text);

    /// <summary>A number in digits, its thousands grouped or not; null where it is none.</summary>
    internal static double? Number(string text) =>
        (!text.Contains(',', StringComparison.Ordinal) || Grouped(text)) && double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static bool Grouped(string text)
    {
        var groups = text.TrimStart('-', '+').Split('.')[0].Split(',');
        return groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(g => g.Length == 3 && g.All(char.IsAsciiDigit)) && groups.Length > 1;
    }

    private static bool Same(string? cell, string expected) =>
        cell == expected || double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var a)
        && double.TryParse(expected, NumberStyles.Float, CultureInfo.InvariantCulture, out var b) && a == b;

    /// <summary>The time of a row, read once for each text.</summary>
    private sealed class TimeColumns(RowMap map, FeedDescriptor.TimeOf of)
    {
        private readonly Alias _from = map.Columns(of.From);
        private readonly Alias[] _with = [.. of.With.Select(w => map.Columns([w]))];
        private readonly TimeZoneInfo _zone = of.Zone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : map._city.Zone;
        private string? _lastText;
        private (DateTimeOffset At, DateTimeOffset? Until)? _last;

        public bool Named => _from.Any;

        public (DateTimeOffset At, DateTimeOffset? Until)? Of(Cell[] row)
        {
            var cell = _from.Of(row);
            if (cell is { Kind: CellKind.None } or { Kind: CellKind.Text, Text.Length: 0 })
                return of.Absent switch { "answer" => (map._table.MadeAt ?? map._fetchedAt, null), "fetch" => (map._fetchedAt, null), _ => null };
            if (_with.Length > 0) cell = Cell.Of(string.Join(' ', _with.Select(w => w.Text(row)).Where(t => t is { Length: > 0 }).Prepend(cell.ToString())));
            if (cell.Kind == CellKind.Number) return Moments.Read(cell, of, _zone, map._city.Languages);
            if (cell.Text == _lastText) return _last;
            _lastText = cell.Text;
            return _last = Moments.Read(cell, of, _zone, map._city.Languages);
        }
    }

    /// <summary>The thing of a row, made once for each key.</summary>
    private sealed class ThingColumns
    {
        private readonly RowMap _map;
        private readonly FeedDescriptor.ThingOf _of;
        private readonly Alias _from, _name, _area, _kind;
        private readonly Alias[] _with;
        private readonly (string Language, Alias Columns)[] _names;
        private readonly (string Name, Alias Columns)[] _attributes;
        private readonly Regex? _match;
        private readonly HashSet<string> _skip;
        private readonly PlaceColumns _place;

        public ThingColumns(RowMap map)
        {
            (_map, _of) = (map, map._map.Thing);
            (_from, _name, _area, _kind) = (map.Columns(_of.From), map.Columns(_of.Name), map.Columns(_of.Area), map.Columns(_of.Kind));
            _with = [.. _of.With.Select(w => map.Columns([w]))];
            _names = [.. _of.Names.Select(n => (n.Key, map.Columns(n.Value)))];
            _attributes = map.Attributes();
            _match = _of.NameMatch is { } match ? new(match, RegexOptions.NonBacktracking) : null;
            _skip = new(_of.Skip, StringComparer.Ordinal);
            _place = new(map);
        }

        public bool Skipped(Cell[] row) => _skip.Count > 0 && _from.Text(row) is { } name && _skip.Contains(name);

        public Thing? Of(Cell[] row)
        {
            // a key is stored and shown: one that no database takes would block the feed
            if (_from.Text(row) is not { Length: > 0 and <= MaxKey } key) return null;
            foreach (var more in _with) if (more.Text(row) is { Length: > 0 } text) key += "|" + text;
            if (key.Length > MaxKey) return null;
            if (_map._known.TryGetValue(key, out var known)) return known;
            foreach (var c in key) if (char.IsControl(c) || char.IsSurrogate(c)) return null;
            return _map._known[key] = Make(key, row);
        }

        private string? Codes => _of.AreaCodes == "any" ? null : _of.AreaCodes;

        private Thing? Make(string key, Cell[] row)
        {
            var city = _map._city;
            if (_of.IsArea) return city.FindArea(key, Codes) is { } area ? new(area.Code, area.Name, area.Code, area.Centre) : null;
            key = key.EndsWith(".0", StringComparison.Ordinal) ? key[..^2] : key;
            // the register knows what it is and where; what it is like today, only the source
            if (_map._plan.Register.TryGetValue(key, out var registered)) return registered with { Kind = NewsReader.Plain(_kind.Text(row) ?? "", 60), Attributes = _map.Attributes(row, _attributes) };
            var inArea = _area.Text(row) is { Length: > 0 } name ? city.FindArea(name, Codes) : null;
            // a source for the whole country: rows of other places are not this city's
            if (_area.Any && inArea is null) return null;
            var (place, doubt) = _place.Point(row);
            if (doubt is not null) _map._odd.Count("places cannot be used", doubt);
            var code = inArea?.Code ?? (_of.AreaByPlace && place is { } at ? city.Outline.AreaAt(at) : null);
            return new(key, Name(row, key), code, place) { Kind = NewsReader.Plain(_kind.Text(row) ?? "", 60), Attributes = _map.Attributes(row, _attributes) };
        }

        private Text Name(Cell[] row, string key)
        {
            string? Of(Alias columns) => columns.Text(row) is { Length: > 0 } text ? NewsReader.Plain(_match?.Match(text) is { Success: true, Groups.Count: > 1 } m ? m.Groups[1].Value : text, MaxName) : null;
            if (_names.Length == 0) return Text.Same(Of(_name) is { Length: > 0 } only ? only : NewsReader.Plain(key, MaxName));
            var names = _names.Select(n => (n.Language, Name: Of(n.Columns))).Where(n => n.Name is { Length: > 0 }).Select(n => KeyValuePair.Create(n.Language, n.Name!)).ToList();
            return names.Count > 0 ? new(names) : Text.Same(Of(_name) is { Length: > 0 } one ? one : NewsReader.Plain(key, MaxName));
        }
    }

    /// <summary>The place of a row: a geometry, a grid's point, or latitude and longitude.</summary>
    private sealed class PlaceColumns(RowMap map)
    {
        private readonly Alias _lat = map.Columns(map._map.Place.Lat), _lon = map.Columns(map._map.Place.Lon), _x = map.Columns(map._map.Place.X), _y = map.Columns(map._map.Place.Y), _geometry = map.Columns(map._map.Place.Geometry);

        public (Shape? Shape, string? Doubt) Of(Cell[] row)
        {
            if (_geometry.Text(row) is { Length: > 0 } geometry) return Geometries.Read(geometry, map._map.Place.Crs);
            if (_x.Any && Geometries.Degrees(_x.Of(row)) is { } x && Geometries.Degrees(_y.Of(row)) is { } y)
                return Grids.Wgs84(map._map.Place.Crs, x, y) is { } place ? Geometries.Checked(ShapeKind.Point, [[place]]) : (null, $"{x} {y}");
            if (_lat.Any && Geometries.Degrees(_lat.Of(row)) is { } lat && Geometries.Degrees(_lon.Of(row)) is { } lon) return Geometries.Checked(ShapeKind.Point, [[new(lat, lon)]]);
            return (null, null);
        }

        /// <summary>The middle of it.</summary>
        public (Place? Place, string? Doubt) Point(Cell[] row)
        {
            if (_lat.Any && !_x.Any && !_geometry.Any) return Geometries.Degrees(_lat.Of(row)) is { } lat && Geometries.Degrees(_lon.Of(row)) is { } lon ? Geometries.Point(lat, lon) : (null, null);
            var (shape, doubt) = Of(row);
            return (shape?.Centre, doubt);
        }
    }

    private (string Name, Alias Columns)[] Attributes() => [.. _map.Attributes.Select(a => (a.Key, Columns(a.Value)))];

    private Attributes Attributes(Cell[] row, (string Name, Alias Columns)[] attributes)
    {
        Dictionary<string, string>? found = null;
        foreach (var (name, columns) in attributes)
            if (columns.Text(row) is { Length: > 0 } text && !_missing.Contains(text)) (found ??= new(attributes.Length, StringComparer.Ordinal))[name] = text.StartsWith("http", StringComparison.OrdinalIgnoreCase) && Address(text) is { } address ? address : NewsReader.Plain(text, 500);
        return found ?? SmartCity.Attributes.None;
    }

    private Mapped ThingsOnly()
    {
        if (Drift(("thing", _map.Thing.From)) is { } lost) return lost;
        var columns = new ThingColumns(this);
        var found = new Dictionary<string, Thing>(StringComparer.Ordinal);
        foreach (var row in _table.Rows)
            if (!columns.Skipped(row))
                if (columns.Of(row) is { } thing) found[thing.Key] = thing;
                else Bad("rows name nothing that this city knows");
        return Ended(new(FetchOutcome.Ok) { Things = found }, found.Count, "rows");
    }
}
