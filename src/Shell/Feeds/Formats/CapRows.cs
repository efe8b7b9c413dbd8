using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Alerts of the Common Alerting Protocol 1.1 and 1.2, one row each, wherever in a document they stand. The blocks that an alert has for
/// its languages become columns <c>title/ko</c>, <c>summary/en</c>; what it says of its areas one column each for codes and places.</summary>
internal static class CapRows
{
    // so many letters hold 10,000 points; of a longer one the text of the alert is still told
    private const int PlaceLetters = 400_000, MaxReferences = 100, MaxCodes = 20;
    private static readonly string[] Severities = ["Unknown", "Minor", "Moderate", "Severe", "Extreme"];

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        using var reader = XmlGuard.Open(body, context.ContentType, context.Options.Encoding, longTexts: true);
        var table = new Table { Outcome = FetchOutcome.Ok };
        string? root = null;
        var (found, others) = (0, 0);
        while (!reader.EOF)
        {
            if (reader.NodeType != XmlNodeType.Element) { reader.Read(); continue; }
            if (root is null) root = reader.LocalName;
            else others++;
            if (reader.LocalName == "alert" && reader.NamespaceURI.Contains("emergency:cap:1.", StringComparison.Ordinal))
            {
                found++;
                Alert(table, XmlItem.Read(reader, name => name is "polygon" ? PlaceLetters : 0));
                continue;
            }
            reader.Read();
        }
        if (table.Rows.Count > 0) return table;
        if (found > 0) return Table.Of(FetchOutcome.SchemaDrift, string.Join("; ", table.Oddities));
        // a list of alerts with nothing in it: nobody is in danger
        if (others == 0 && root?.EndsWith("alerts", StringComparison.OrdinalIgnoreCase) == true) return Table.Of(FetchOutcome.Empty);
        return root is "feed" or "rss" or "RDF" ? Table.Of(FetchOutcome.SchemaDrift, "an index of alerts and no alert: read it as rss, or each of its links as cap")
            : Table.Of(FetchOutcome.SchemaDrift, $"no alert of CAP 1.1 or 1.2; the document is {NewsReader.Plain(root ?? "empty", 40)}");
    }

    private static void Alert(Table table, XmlItem alert)
    {
        void Odd(string what) { if (!table.Oddities.Contains(what)) table.Oddities.Add(what); }
        // acknowledgements and errors are between machines
        if (alert.Of("msgType") is "Ack" or "Error") { Odd("an acknowledgement or an error is no alert"); return; }
        if (alert.Of("scope") is not "Public" and var scope) { Odd(scope.Length == 0 ? "an alert does not say its scope, so nobody knows whether it is for the public" : $"an alert is {NewsReader.Plain(scope, 20)} and not for the public"); return; }
        var row = new RowOf(table);
        var own = alert.Of("identifier");
        var earlier = References(alert.Of("references"));
        // the first message that is named is what this one is about
        row.Set("id", earlier.Count > 0 ? earlier[0] : own);
        row.Set("identifier", own);
        row.Set("also", string.Join(' ', earlier.Append(own)));
        row.Set("sender", alert.Of("sender"));
        row.Set("sent", alert.Of("sent"));
        row.Set("status", alert.Of("status"));
        row.Set("note", alert.Of("note"));
        var infos = alert.All("info").ToList();
        row.Set("state", alert.Of("msgType") is "Cancel" ? "Cancelled" : infos.Count > 0 && infos.TrueForAll(i => i.All("responseType").Any(r => r.Text == "AllClear")) ? "Ended" : alert.Of("msgType") is "Update" ? "Updated" : "Active");
        if (infos.Count == 0) row.Set("title/any", alert.Of("note") is { Length: > 0 } note ? note : own);
        else Told(row, infos);
        row.Add();
    }

    private static void Told(RowOf row, List<XmlItem> infos)
    {
        foreach (var info in infos)
        {
            var language = info.Of("language") is { Length: >= 2 } code && code[..2].All(char.IsAsciiLetter) ? code[..2].ToLowerInvariant() : "en";
            if (row.Has("title/" + language)) continue;
            row.Set("title/" + language, new[] { "headline", "event", "description" }.Select(n => info.Of(n)).FirstOrDefault(t => t.Length > 0) ?? "");
            row.Set("summary/" + language, info.Of("description"));
            row.Set("instruction/" + language, info.Of("instruction"));
        }
        // one alert has one severity: the gravest of its blocks speaks for it
        var lead = infos.MaxBy(i => Array.IndexOf(Severities, i.Of("severity")))!;
        row.Set("category", lead.Of("category"));
        foreach (var name in (ReadOnlySpan<string>)["event", "severity", "urgency", "certainty", "senderName", "web"]) row.Set(name, lead.Of(name));
        row.Set("onset", lead.Of("onset") is { Length: > 0 } onset ? onset : lead.Of("effective"));
        row.Set("expires", lead.Of("expires"));
        var areas = infos.SelectMany(i => i.All("area")).ToList();
        row.Set("areaDesc", string.Join(", ", areas.Select(a => a.Of("areaDesc")).Where(t => t.Length > 0).Distinct(StringComparer.Ordinal).Take(200)));
        var codes = areas.SelectMany(a => a.All("geocode")).Select(g => (Name: g.Of("valueName"), Value: g.Of("value"))).Where(g => g.Value.Length > 0).Distinct().Take(1000).ToList();
        row.Set("areas", string.Join(",", codes.Select(c => c.Value).Concat(areas.Select(a => a.Of("areaDesc"))).Where(t => t.Length > 0)));
        foreach (var system in codes.GroupBy(c => c.Name, StringComparer.Ordinal).Take(MaxCodes)) row.Set("geocode/" + system.Key, string.Join(",", system.Select(c => c.Value)));
        var polygons = areas.SelectMany(a => a.All("polygon")).Where(p => p.TooLong || p.Text.Length > 0).ToList();
        var circles = areas.SelectMany(a => a.All("circle")).Select(c => c.Text).Where(c => c.Length > 0).ToList();
        if (polygons.Exists(p => p.TooLong)) row.Set("place", Mapping.Geometries.TooLong);
        else if (polygons.Count > 0) row.Set("place", string.Join(';', polygons.Select(p => "area " + p.Text).Distinct(StringComparer.Ordinal)));
        else if (circles.Count > 0) row.Set("place", "circle " + circles[0]);
    }

    /// <summary>Identifiers of <c>sender,identifier,sent sender,identifier,sent</c>, in their order.</summary>
    private static List<string> References(string text) =>
        [.. text.Split((char[])[' ', '\n', '\t', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(MaxReferences).Select(r => r.Split(',')).Where(r => r.Length >= 2 && r[1].Length > 0).Select(r => r[1]).Distinct(StringComparer.Ordinal)];
}
