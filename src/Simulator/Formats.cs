using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Xml;

namespace SmartCity.Simulator;

/// <summary>Writes answers the way each kind of source does.</summary>
internal sealed class Formats(Scenario scenario, CityGround ground, Curves curves, IReadOnlyList<Story> stories)
{
    private readonly Pictures _pictures = new(scenario, ground, curves);
    private readonly Cameras _cameras = new(scenario, ground);
    private readonly Filler _filler = new(scenario, ground, curves);

    /// <summary>What is wrong with the texts of the sources, each in a sentence.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var source in scenario.Sources)
        {
            foreach (var text in source.Parts.SelectMany(p => p.Texts).Concat(source.Columns.Select(c => c.Fill).OfType<string>()))
                if (_filler.Problem(text) is { } wrong) yield return $"source {source.Id}: {wrong}";
            if (source.Encode != "protobuf") continue;
            string? broken = null;
            try { Template.Body(new(source, new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Fault.None, false, new Dictionary<string, string>()), _filler, ground); }
            catch (FormatException wrong) { broken = wrong.Message; }
            if (broken is not null) yield return $"source {source.Id}: {broken}";
        }
    }

    /// <summary>The answer to a question, including the faults that are in the content.</summary>
    public Wire Answer(Question question) => (question.Fault, question.Source.Format) switch
    {
        (Fault.AuthInBody, "rows") => Refuse(question, "auth"),
        (Fault.QuotaInBody, "rows") => Refuse(question, "quota"),
        (Fault.AuthInBody, "template") when question.Source.Refusals.TryGetValue("auth", out var refused) => Wire.Text(question.Source.ContentType, refused),
        (Fault.QuotaInBody, "template") when question.Source.Refusals.TryGetValue("quota", out var used) => Wire.Text(question.Source.ContentType, used),
        (Fault.AuthInBody, _) => Wire.Text("text/plain; charset=utf-8", "Unauthorized\n", 401),
        (Fault.QuotaInBody, _) => Wire.Text("text/plain; charset=utf-8", "Too Many Requests\n", 429),
        (_, "rows") => Rows(question),
        (_, "csv") => Csv(question),
        (_, "rss") => Rss(question),
        (_, "cameras") => _cameras.Answer(question),
        (_, "template") => new(200, question.Source.ContentType, Template.Body(question, _filler, ground)),
        _ => Image(question),
    };

    /// <summary>The refusal of an address that an envelope answers for, though no source has it; null when none does.</summary>
    public Wire? Stray(IReadOnlyList<string> segments)
    {
        foreach (var envelope in scenario.Envelopes.Values)
        {
            var under = new AddressPattern(envelope.Under);
            if (under.Match(segments, prefix: true) is not { } named) continue;
            var service = segments.Count > under.Length ? segments[under.Length] : "";
            var known = scenario.Sources.Exists(s => s.Format == "rows" && scenario.Envelopes[s.Envelope!] == envelope && string.Equals(s.Service, service, StringComparison.Ordinal));
            return Refuse(envelope, !known ? "service" : named["type"] != envelope.Type ? "type" : "missing");
        }
        return null;
    }

    private static Wire Refuse(Envelope envelope, string what) => Wire.Text(envelope.ContentType, envelope.Refuse(what));
    private Wire Refuse(Question question, string what) => Refuse(scenario.Envelopes[question.Source.Envelope!], what);

    private Wire Rows(Question question)
    {
        var (source, named) = (question.Source, question.Named);
        var envelope = scenario.Envelopes[source.Envelope!];
        var key = named.GetValueOrDefault("key", "");
        if (envelope.RefusedKeys.Contains(key, StringComparer.Ordinal)) return Refuse(envelope, "auth");
        if (!int.TryParse(named["start"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var start)
            || !int.TryParse(named["end"], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var end)) return Refuse(envelope, "integer");
        if (start < 1) return Refuse(envelope, "start");
        if (end < 1) return Refuse(envelope, "end");
        if (start > end) return Refuse(envelope, "order");
        var asked = (long)end - start + 1;
        if (key == envelope.TrialKey && asked > envelope.TrialRows) return Refuse(envelope, "trial");
        if (asked > envelope.MaxRows) return Refuse(envelope, "tooMany");
        DateOnly? day = null;
        if (source.History)
        {
            if (!DateOnly.TryParseExact(named["day"], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)) return Refuse(envelope, "missing");
            day = parsed;
        }
        if (question.Fault == Fault.Empty) return Refuse(envelope, "empty");
        var table = new Table(question, day, scenario, ground, curves, _filler);
        var (total, rows) = Page(table, source, named, start, end);
        return rows.Count == 0 ? Refuse(envelope, "empty") : Wire.Text(envelope.ContentType, envelope.Fill(source.Service, total, Json(table.Names, rows)));
    }

    private static (int Total, IReadOnlyList<Cell[]> Rows) Page(Table table, Source source, IReadOnlyDictionary<string, string> named, int start, int end)
    {
        var filters = source.Columns.Select((c, at) => (At: at, Value: named.GetValueOrDefault(c.Name))).Where(f => f.Value is not null).ToList();
        if (filters.Count == 0)
            return (table.Count, [.. Enumerable.Range(start - 1, Math.Max(0, Math.Min(end, table.Count) - start + 1)).Select(table.Row)]);
        var kept = Enumerable.Range(0, table.Count).Select(table.Row).Where(r => filters.TrueForAll(f => string.Equals(r[f.At].Text, f.Value, StringComparison.Ordinal))).ToList();
        return (kept.Count, [.. kept.Skip(start - 1).Take(end - start + 1)]);
    }

    private static string Json(IReadOnlyList<string> names, IReadOnlyList<Cell[]> rows)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new() { Encoder = Wire.Encoder }))
        {
            json.WriteStartArray();
            foreach (var row in rows)
            {
                json.WriteStartObject();
                for (var i = 0; i < row.Length; i++)
                {
                    json.WritePropertyName(names[i]);
                    if (row[i].Number) json.WriteRawValue(row[i].Text);
                    else json.WriteStringValue(row[i].Text);
                }
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private Wire Csv(Question question)
    {
        var table = new Table(question, null, scenario, ground, curves, _filler);
        var text = new StringBuilder("\uFEFF");
        void Line(IEnumerable<string> cells) => text.AppendJoin(',', cells.Select(Quote)).Append("\r\n");
        Line(table.Names);
        if (question.Fault != Fault.Empty)
            for (var i = 0; i < table.Count; i++) Line(table.Row(i).Select(c => c.Text));
        return Wire.Text("text/csv; charset=utf-8", text.ToString());
    }

    private static string Quote(string cell) =>
        cell.AsSpan().IndexOfAny(",\"\r\n") < 0 ? cell : "\"" + cell.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    private Wire Rss(Question question)
    {
        const string DublinCore = "http://purl.org/dc/elements/1.1/";
        var source = question.Source;
        using var stream = new MemoryStream();
        using (var xml = XmlWriter.Create(stream, new() { Encoding = new UTF8Encoding(false), Indent = true, NewLineChars = "\n" }))
        {
            xml.WriteStartElement("rss");
            xml.WriteAttributeString("version", "2.0");
            xml.WriteAttributeString("xmlns", "dc", null, DublinCore);
            xml.WriteStartElement("channel");
            xml.WriteElementString("title", string.Join(" · ", ground.Languages.Select(l => source.Channel.GetValueOrDefault(l)).Where(t => t is not null)));
            xml.WriteElementString("link", source.Link);
            xml.WriteElementString("description", source.Title);
            var published = Story.Published(stories, source, ground, scenario.Seed, question.Moment);
            if (published.Count > 0) xml.WriteElementString("lastBuildDate", Mail(published[0].At));
            foreach (var story in question.Fault == Fault.Empty ? [] : published)
            {
                xml.WriteStartElement(question.NameOf("item"));
                xml.WriteAttributeString("xml", "lang", null, story.Language);
                xml.WriteElementString(question.NameOf("title"), story.Title);
                xml.WriteElementString(question.NameOf("link"), story.Link);
                xml.WriteElementString(question.NameOf("description"), story.Summary);
                xml.WriteElementString(question.NameOf("pubDate"), Mail(story.At));
                xml.WriteElementString("language", DublinCore, story.Language);
                xml.WriteStartElement(question.NameOf("guid"));
                xml.WriteAttributeString("isPermaLink", "false");
                xml.WriteString(story.Guid);
                xml.WriteEndElement();
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        return new(200, "application/rss+xml; charset=utf-8", stream.ToArray());
    }

    // RFC 822 as feeds write it: the zone without a colon
    private string Mail(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, ground.Zone);
        return local.ToString("ddd, dd MMM yyyy HH:mm:ss ", CultureInfo.InvariantCulture) + local.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
    }

    private Wire Image(Question question)
    {
        if (question.Fault == Fault.Empty) return new(200, "image/png", []);
        var (body, since) = _pictures.Of(question.Source, question.Moment);
        return new(200, "image/png", body) { LastModified = since, ETag = FormattableString.Invariant($"\"{question.Source.Id}-{since.ToUnixTimeSeconds():x}\"") };
    }
}
