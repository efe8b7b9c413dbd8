using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SmartCity.Shell.Feeds.Mapping;

internal sealed partial class RowMap
{
    private sealed class WordColumns(RowMap map, FeedDescriptor.WordOf of)
    {
        private readonly Alias _from = map.Columns(of.From);

        public string? Of(Cell[] row) =>
            _from.Text(row) is { Length: > 0 } text ? of.Words.Count == 0 ? text : of.Words.GetValueOrDefault(text) ?? of.Else : of.Else;

        public T As<T>(Cell[] row) where T : struct, Enum => Enum.TryParse<T>(Of(row), true, out var word) && Enum.IsDefined(word) ? word : default;
    }

    private Mapped Events()
    {
        var map = _map.Event;
        // titles in several languages come and go; of a single one the column must be there
        if (Drift(("id", map.Id), ("title", [.. Spoken(map.Title).SelectMany(t => t.Value)])) is { } lost) return lost;
        var (id, version, link, areas) = (Columns(map.Id), Columns(map.Version), Columns(map.Link), Columns(map.Areas));
        WordColumns kind = new(this, map.Kind), status = new(this, map.Status), severity = new(this, map.Severity), urgency = new(this, map.Urgency), certainty = new(this, map.Certainty), test = new(this, map.Test);
        TimeColumns reported = new(this, map.Reported), onset = new(this, map.Onset), expires = new(this, map.Expires);
        var place = new PlaceColumns(this);
        var titles = Spoken(map.Title).Select(t => (t.Key, Columns(t.Value))).ToArray();
        var summaries = Spoken(map.Summary).Select(t => (t.Key, Columns(t.Value))).ToArray();
        var also = Columns(map.Also);
        var attributes = Attributes();
        var lasts = map.Lasts is { } text && FeedPlan.TryDuration(text, out var span) ? span : (TimeSpan?)null;
        var events = new Dictionary<string, Event>(StringComparer.Ordinal);
        foreach (var row in _table.Rows)
        {
            if (Words(row, titles, MaxName) is not { } title) { Bad("events have no title"); continue; }
            if (Id(id.Text(row), title.ToString()) is not { } key) { Bad("events have no name of their own"); continue; }
            var at = reported.Of(row)?.At;
            if (at is null && reported.Named && map.Reported.Absent == "none") { Bad("events have no time that can be read"); continue; }
            if (at > _fetchedAt + Ahead) { Bad("events are from the future", key); continue; }
            var (shape, doubt) = place.Of(row);
            var (codes, elsewhere) = Areas(areas.Text(row), map.AreaCodes);
            if (shape is not null && codes.Count == 0 && _city.Outline.AreaAt(shape.Centre) is { } inside) codes = [inside];
            if (map.OnlyHere && codes.Count == 0 && (elsewhere || shape is not null)) continue;
            if (map.DoubtOutside && shape is not null && Outside(shape)) (doubt, shape) = (Swapped(shape) ? "latitude and longitude look swapped" : "outside the city", null);
            if (doubt is not null) _odd.Count("places cannot be used", doubt);
            var (begins, ends) = (onset.Of(row), expires.Of(row)?.At);
            if (ends < (begins?.At ?? at)) { _odd.Count("events end before they begin", key); ends = null; }
            ends ??= begins?.Until ?? (lasts is { } l ? (begins?.At ?? at ?? _fetchedAt) + l : null);
            var state = status.As<EventStatus>(row);
            var number = Number(version.Of(row)) ?? (at ?? _fetchedAt).ToUnixTimeMilliseconds();
            if (events.TryGetValue(key, out var other) && (other.Version > number || other.Version == number && other.ReportedAt > (at ?? _fetchedAt))) continue;
            var told = Attributes(row, attributes);
            if (also.Text(row) is { Length: > 0 and <= 20_000 } names && names != key) told = SmartCity.Attributes.Of(new Dictionary<string, string>(told) { [EventMemory.Also] = NewsReader.Plain(names, 20_000) });
            events[key] = new(key, number, NewsReader.Plain(kind.Of(row) ?? "", 60).ToLowerInvariant(), state, title, at ?? _fetchedAt, _fetchedAt)
            {
                Summary = Words(row, summaries, MaxText) ?? Text.Same(""),
                Severity = severity.As<Severity>(row),
                Urgency = urgency.As<Urgency>(row),
                Certainty = certainty.As<Certainty>(row),
                Onset = begins?.At,
                Expires = ends,
                Areas = codes,
                Shape = shape,
                PlaceInDoubt = doubt,
                Test = test.Of(row) is { } word && word.Equals("true", StringComparison.OrdinalIgnoreCase),
                Link = link.First(row, Address),
                Attributes = told,
            };
        }
        return Ended(new(FetchOutcome.Ok) { Events = [.. events.Values] }, events.Count, "events");
    }

    private static long? Number(Cell cell) =>
        cell.Kind == CellKind.Number ? (long)Math.Clamp(cell.Number, -9e15, 9e15) : long.TryParse(cell.ToString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) ? n : null;

    private bool Outside(Shape shape)
    {
        var (x, y) = _city.Outline.Project(shape.Centre);
        return x < -City.Outline.Width || x > 2 * City.Outline.Width || y < -_city.Outline.Height || y > 2 * _city.Outline.Height;
    }

    private bool Swapped(Shape shape) => Math.Abs(shape.Centre.Longitude) <= 90 && _city.Outline.AreaAt(new(shape.Centre.Longitude, shape.Centre.Latitude)) is not null;

    // what is too long or has letters that no database takes is known by its hash
    private static string? Id(string? id, string otherwise)
    {
        var text = id is { Length: > 0 } ? id : otherwise;
        if (text.Length == 0) return null;
        return text.Length <= MaxKey && !text.Any(c => char.IsControl(c) || char.IsSurrogate(c)) && id is { Length: > 0 } ? text : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..32];
    }

    private Text? Words(Cell[] row, (string Language, Alias Columns)[] texts, int length)
    {
        var found = new List<KeyValuePair<string, string>>();
        string? any = null;
        foreach (var (language, columns) in texts)
            if (columns.Text(row) is { Length: > 0 } text && NewsReader.Plain(text, length) is { Length: > 0 } plain)
                if (language == "any") any ??= plain;
                else found.Add(KeyValuePair.Create(language, plain));
        return found.Count > 0 ? new(found) : any is null ? null : Text.Same(any);
    }

    private (IReadOnlyList<string> Codes, bool Elsewhere) Areas(string? text, string codes)
    {
        if (text is not { Length: > 0 }) return ([], false);
        var (found, here) = (new List<string>(), false);
        foreach (var name in text.Split([',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(200))
            if (_city.FindArea(name, codes == "any" ? null : codes) is { } area) { if (!found.Contains(area.Code)) found.Add(area.Code); }
            else here |= _map.Event.Everywhere.Contains(name) || _city.Name.Languages.Any(l => name.StartsWith(_city.Name.In(l), StringComparison.OrdinalIgnoreCase));
        return (found, found.Count == 0 && !here);
    }

    // a language that stands in the column's name: one entry for each that came
    private IEnumerable<KeyValuePair<string, List<string>>> Spoken(Dictionary<string, List<string>> texts) =>
        texts.SelectMany(t => t.Key != "*" ? [t] : t.Value.Where(p => p.EndsWith('*')).SelectMany(p => _table.Columns.Where(c => c.Length > p.Length - 1 && c.StartsWith(p[..^1], StringComparison.Ordinal)).Select(c => KeyValuePair.Create(c[(p.Length - 1)..], (List<string>)[c]))));

    private static string? Address(string? text) =>
        text is { Length: > 0 and <= 2000 } && Uri.TryCreate(text.Trim(), UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri!.AbsoluteUri : null;

    private Mapped Documents()
    {
        var map = _map.Document;
        if (Drift(("title", map.Title)) is { } lost) return lost;
        var (id, title, link, summary, language) = (Columns(map.Id), Columns(map.Title), Columns(map.Link), Columns(map.Summary), Columns(map.Language));
        var published = new TimeColumns(this, map.Published);
        var deleted = new WordColumns(this, map.Deleted);
        var attributes = Attributes();
        var documents = new Dictionary<string, Document>(StringComparer.Ordinal);
        foreach (var row in _table.Rows)
        {
            if (deleted.Of(row) is "true") continue;
            var called = NewsReader.Plain(title.Text(row) ?? "", MaxName);
            if (called.Length == 0) { Bad("documents have no title"); continue; }
            var address = link.First(row, Address);
            var at = published.Of(row)?.At;
            var key = Id(id.Text(row), address + "\n" + called)!;
            documents.TryAdd(key, new(key, called, address, at is { } when && when <= _fetchedAt + Ahead ? when : _fetchedAt, NewsReader.Plain(summary.Text(row) ?? "", 500),
                language.Text(row) is { Length: >= 2 } code && code[..2].All(char.IsAsciiLetter) ? code[..2].ToLowerInvariant() : null) { Attributes = Attributes(row, attributes) });
        }
        return Ended(new(FetchOutcome.Ok) { Documents = [.. documents.Values] }, documents.Count, "documents");
    }

    private Mapped Figures()
    {
        var map = _map.Figure;
        if (Drift(("period", map.Period), ("value", map.Value)) is { } lost) return lost;
        var (indicator, area, period, value, target, unit) = (Columns(map.Indicator), Columns(map.Area), Columns(map.Period), Columns(map.Value), Columns(map.Target), Columns(map.UnitFrom));
        var property = new Property("value", Text.Same("value"), "", -1e18, 1e18);
        Field valueField = new("value", new() { Scale = map.Scale }, property, value, default, _map), targetField = new("target", new() { Scale = map.Scale }, property, target, default, _map);
        var figures = new Dictionary<(string, string?, string), Figure>();
        foreach (var row in _table.Rows)
        {
            if (Period(period.Text(row)) is not { } when) { Bad("rows have no period that can be read", period.Text(row)); continue; }
            string? code = null;
            if (area.Text(row) is { Length: > 0 } name && (code = _city.FindArea(name, map.AreaCodes)?.Code) is null) { Bad("rows name no area of this city", name); continue; }
            var key = indicator.Text(row) is { Length: > 0 and <= MaxKey } named ? NewsReader.Plain(named, MaxKey) : _plan.Feed.Key;
            var (number, _) = Value(valueField, value.Of(row), row);
            figures[(key, code, when)] = new(key, code, when, number, unit.Text(row) is { Length: > 0 } written ? Ucum.Code(written) ?? NewsReader.Plain(written, 40) : map.Unit, target.Any ? Value(targetField, target.Of(row), row).Item1 : null, _fetchedAt);
        }
        return Ended(new(FetchOutcome.Ok) { Figures = [.. figures.Values] }, figures.Count, "rows");
    }

    /// <summary>A period as <c>2026</c>, <c>2026-Q3</c>, <c>2026-08</c> or <c>2026-08-31</c>, from the spellings in use; null when it is none.</summary>
    internal static string? Period(string? text)
    {
        if (text is null || text.Length > 20) return null;
        text = text.Trim();
        // 24-10 is a month of this century
        if (text.Length == 5 && text[2] is '-' or '.' or '/' && text.Remove(2, 1).All(char.IsAsciiDigit)) text = "20" + text;
        var digits = new string([.. text.Where(char.IsAsciiDigit)]);
        if (digits.Length < 4 || int.Parse(digits.AsSpan(0, 4), CultureInfo.InvariantCulture) is < 1900 or > 2200) return null;
        var year = digits[..4];
        if (text.Contains('Q', StringComparison.OrdinalIgnoreCase) || digits.Length == 5)
            return digits.Length == 5 && digits[4] is >= '1' and <= '4' ? $"{year}-Q{digits[4]}" : null;
        return digits.Length switch
        {
            4 => year,
            6 when int.Parse(digits.AsSpan(4), CultureInfo.InvariantCulture) is >= 1 and <= 12 => $"{year}-{digits[4..]}",
            8 when DateTime.TryParseExact(digits, "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) => $"{year}-{digits[4..6]}-{digits[6..]}",
            _ => null,
        };
    }
}
