using System.Globalization;
using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Situations of DATEX II version 2 and 3, one row each: what happened, its consequences and measures are records of one situation.
/// Locations in coordinates become a place; those in codes of a table (ALERT-C, OpenLR) are named and not drawn.</summary>
internal static class Datex2Rows
{
    private const int PlaceLetters = 400_000;

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var reader = XmlGuard.Open(body, context.ContentType, context.Options.Encoding, longTexts: true);
        return Read(reader, context, inside: false);
    }

    private static Table Read(XmlReader reader, ReadContext context, bool inside)
    {
        var table = new Table { Outcome = FetchOutcome.Ok };
        string? root = null;
        var publication = false;
        while (!reader.EOF)
        {
            if (reader.NodeType != XmlNodeType.Element) { reader.Read(); continue; }
            root ??= reader.LocalName;
            var type = reader.GetAttribute("type", "http://www.w3.org/2001/XMLSchema-instance") ?? "";
            publication |= reader.LocalName == "situationPublication" || type.EndsWith("SituationPublication", StringComparison.Ordinal);
            switch (reader.LocalName)
            {
                case "situation" when reader.NamespaceURI.Contains("datex2", StringComparison.OrdinalIgnoreCase): Situation(table, XmlItem.Read(reader, name => name is "posList" ? PlaceLetters : 0)); continue;
                case "publicationTime" when table.MadeAt is null: table.MadeAt = Mapping.Moments.Guess(XmlItem.Read(reader).Text, context.Zone)?.At; continue;
                // some exchanges send the message as a text within another
                case "d2Message" when !inside:
                    var text = XmlItem.Read(reader).Text;
                    if (text.Length == 0) continue;
                    using (var message = XmlGuard.Open(text))
                    {
                        var within = Read(message, context, inside: true);
                        table.Append(within);
                        publication |= within.Outcome is FetchOutcome.Ok or FetchOutcome.Empty;
                    }
                    continue;
            }
            reader.Read();
        }
        if (table.Rows.Count > 0) return table;
        return publication ? Table.Of(FetchOutcome.Empty) : Table.Of(FetchOutcome.SchemaDrift, $"no situations of DATEX II; the document is {NewsReader.Plain(root ?? "empty", 40)}");
    }

    private static long VersionOf(XmlItem item) => long.TryParse(item.Attribute("version"), NumberStyles.None, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static void Situation(Table table, XmlItem situation)
    {
        // of a record that is there in several versions the highest counts
        var records = situation.All("situationRecord").GroupBy(r => r.Attribute("id") ?? "", StringComparer.Ordinal).SelectMany(g => g.Key.Length == 0 ? g : g.OrderByDescending(VersionOf).Take(1)).ToList();
        if (records.Count == 0) return;
        var row = new RowOf(table);
        row.Set("id", situation.Attribute("id"));
        var version = VersionOf(situation) is > 0 and var own ? own : records.Max(VersionOf);
        if (version > 0) row.Set("version", version);
        row.Set("informationStatus", situation.Of("headerInformation", "informationStatus"));
        row.Set("confidentiality", situation.Of("headerInformation", "confidentiality"));
        var kinds = records.Select(Kind).Distinct(StringComparer.Ordinal).ToList();
        row.Set("kind", kinds[0]);
        row.Set("kinds", string.Join(", ", kinds));
        row.Set("reported", Latest(records.Select(r => r.Of("situationRecordVersionTime")).Append(situation.Of("situationVersionTime"))));
        row.Set("onset", records.Select(r => r.Of("validity", "validityTimeSpecification", "overallStartTime")).Where(t => t.Length > 0).Order(StringComparer.Ordinal).FirstOrDefault());
        // one record without an end keeps the situation open
        var ends = records.Select(r => r.Of("validity", "validityTimeSpecification", "overallEndTime")).ToList();
        if (ends.TrueForAll(e => e.Length > 0)) row.Set("expires", Latest(ends));
        row.Set("state", records.TrueForAll(r => Flag(r, "cancel")) ? "Cancelled" : records.TrueForAll(r => r.Of("validity", "validityStatus") == "suspended" || Flag(r, "end")) ? "Ended" : "Active");
        row.Set("severity", records.Select(r => r.Of("severity")).Append(situation.Of("overallSeverity")).Where(t => t.Length > 0).MaxBy(s => Array.IndexOf(Severities, s)));
        row.Set("probability", records.Select(r => r.Of("probabilityOfOccurrence")).FirstOrDefault(t => t.Length > 0));
        Comments(row, records);
        row.Set("title/any", kinds[0].Replace('-', ' '));
        row.Set("roads", string.Join(", ", records.SelectMany(r => r.Below("roadNumber").Concat(r.Below("roadName"))).Select(Name).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Take(20)));
        if (Place(records) is { } place) row.Set("place", place);
        else if (records.Exists(r => r.Below("specificLocation").Any())) row.Set("location", string.Join(", ", records.SelectMany(r => r.Below("specificLocation")).Select(l => l.Text).Distinct(StringComparer.Ordinal).Take(20)));
        row.Add();
    }

    private static readonly string[] Severities = ["unknown", "none", "lowest", "low", "medium", "high", "highest"];

    private static bool Flag(XmlItem record, string name) => (record.Of("management", "lifeCycleManagement", name) is { Length: > 0 } text ? text : record.Of("lifeCycleManagement", name)) is "true" or "1";

    // sit:RoadOrCarriagewayOrLaneManagement -> road-or-carriageway-or-lane-management
    private static string Kind(XmlItem record)
    {
        var type = record.Attribute("type") ?? "";
        type = type[(type.IndexOf(':', StringComparison.Ordinal) + 1)..];
        return type.Length is 0 or > 60 ? "situation" : string.Concat(type.Select((c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
    }

    private static string? Latest(IEnumerable<string> times) => times.Where(t => t.Length > 0).MaxBy(t => DateTimeOffset.TryParse(t, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : DateTimeOffset.MinValue);

    private static string Name(XmlItem item) => item.Text.Length > 0 ? item.Text : item.Below("value").Select(v => v.Text).FirstOrDefault() ?? "";

    // the first line of what is said to the public is its title
    private static void Comments(RowOf row, List<XmlItem> records)
    {
        foreach (var value in records.SelectMany(r => r.All("generalPublicComment")).SelectMany(c => c.Below("value")).Where(v => v.Text.Length > 0))
        {
            var language = value.Attribute("lang") is { Length: >= 2 } code && code[..2].All(char.IsAsciiLetter) ? code[..2].ToLowerInvariant() : "any";
            if (row.Has("summary/" + language)) continue;
            row.Set("title/" + language, value.Text.Split('\n')[0].Trim());
            row.Set("summary/" + language, value.Text);
        }
    }

    private static string? Place(List<XmlItem> records)
    {
        var groups = records.SelectMany(r => r.All("groupOfLocations").Concat(r.All("locationReference"))).ToList();
        var lists = groups.SelectMany(g => g.Below("posList")).ToList();
        if (lists.Exists(l => l.TooLong)) return Mapping.Geometries.TooLong;
        var lines = groups.SelectMany(g => g.Below("gmlLineString")).SelectMany(l => l.Below("posList")).Select(Pairs).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (lines.Count > 0) return string.Join(';', lines.Select(l => "line " + l));
        var areas = groups.SelectMany(g => g.Below("exterior")).SelectMany(l => l.Below("posList")).Select(Pairs).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        if (areas.Count > 0) return string.Join(';', areas.Select(a => "area " + a));
        foreach (var name in (ReadOnlySpan<string>)["pointCoordinates", "coordinatesForDisplay", "locationForDisplay", "openlrCoordinates", "openlrCoordinate"])
            if (groups.SelectMany(g => g.Below(name)).Select(p => (Lat: p.Of("latitude"), Lon: p.Of("longitude"))).FirstOrDefault(p => p is { Lat.Length: > 0, Lon.Length: > 0 }) is { Lat: not null } at) return $"point {at.Lat},{at.Lon}";
        return null;
    }

    // latitude and longitude in turn, as EPSG 4326 has them
    private static string Pairs(XmlItem list)
    {
        var numbers = list.Text.Split((char[])[' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries);
        return string.Join(' ', Enumerable.Range(0, (numbers.Length + 1) / 2).Select(i => $"{numbers[2 * i]},{(2 * i + 1 < numbers.Length ? numbers[2 * i + 1] : "")}"));
    }
}
