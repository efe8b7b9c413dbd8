using System.Text;
using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>Rows of an XML answer: every element with the local name that the envelope's rows end in. Children become columns joined by
/// <c>/</c>, attributes <c>child@name</c>, repeated children <c>name/1</c> and so on. Namespaces are not told apart.</summary>
internal static class XmlRows
{
    public const int MaxRepeats = 16;

    public static Table Read(ReadOnlyMemory<byte> body, ReadContext context)
    {
        var envelope = context.Envelope;
        var items = envelope.Rows.Select(Last).ToHashSet(StringComparer.Ordinal);
        if (items.Count == 0) throw new InvalidDataException("the envelope names no element of the rows");
        // the envelope is small: whatever stands outside the rows is kept by local name
        var outside = new Dictionary<string, string>(StringComparer.Ordinal);
        var table = new Table { Outcome = FetchOutcome.Ok };
        using var reader = XmlGuard.Open(body, context.ContentType, context.Options.Encoding);
        var names = new Stack<string>();
        for (var more = reader.Read(); more;)
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element:
                    XmlGuard.Check(reader);
                    if (items.Contains(reader.LocalName)) { Row(reader, table); more = !reader.EOF; continue; }
                    for (var i = 0; i < reader.AttributeCount; i++)
                    {
                        reader.MoveToAttribute(i);
                        var (attribute, value) = (reader.LocalName, reader.Value);
                        reader.MoveToElement();
                        outside.TryAdd($"{reader.LocalName}@{attribute}", Cut(value));
                    }
                    if (reader.IsEmptyElement) outside.TryAdd(reader.LocalName, ""); else names.Push(reader.LocalName);
                    break;
                case XmlNodeType.EndElement: names.TryPop(out _); break;
                case XmlNodeType.Text or XmlNodeType.CDATA when names.TryPeek(out var name): outside.TryAdd(name, Cut(reader.Value).Trim()); break;
            }
            if (outside.Count > 5000) throw new InvalidDataException("too much around the rows");
            more = reader.Read();
        }
        string? First(List<string> paths) => paths.Select(p => outside.GetValueOrDefault(Last(p))).FirstOrDefault(v => v is not null);
        var status = First(envelope.Status);
        var detail = status is null ? null : $"{status} {First(envelope.Message)}".Trim();
        if (status is not null && envelope.Class(status) is var outcome and not FetchOutcome.Ok) return Table.Of(outcome, detail);
        table.Next = First(envelope.Next);
        if (First(envelope.MadeAt) is { } made) table.MadeAt = Mapping.Moments.Guess(made, context.Zone)?.At;
        if (table.Rows.Count > 0) return table;
        // nothing at all in a root that is known, or a status that says well: there is nothing today
        return status is not null || envelope.EmptyRoots.Any(outside.ContainsKey) ? Table.Of(FetchOutcome.Empty, detail)
            : new Table { Outcome = FetchOutcome.SchemaDrift, Detail = $"no element {string.Join(" or ", items)}", NoRows = true };
    }

    private static string Last(string path) => path[(path.LastIndexOf('/') + 1)..];

    private static string Cut(string text) => text.Length <= XmlGuard.MaxText ? text : throw new InvalidDataException("a text of more than 64 KB");

    /// <summary>Reads the element the reader stands on as one row and leaves the reader behind it.</summary>
    internal static void Row(XmlReader reader, Table table)
    {
        var row = new RowOf(table);
        Element(reader, "", row);
        row.Add();
    }

    private static void Element(XmlReader reader, string path, RowOf row)
    {
        XmlGuard.Check(reader);
        var depth = reader.Depth;
        for (var i = 0; i < reader.AttributeCount; i++)
        {
            reader.MoveToAttribute(i);
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") row.Set($"{path.TrimEnd('/')}@{reader.LocalName}", Cut(reader.Value));
        }
        reader.MoveToElement();
        if (reader.IsEmptyElement)
        {
            if (path.Length > 0) row.Set(path.TrimEnd('/'), "");
            reader.Read();
            return;
        }
        var text = new StringBuilder();
        var children = new Dictionary<string, int>(StringComparer.Ordinal);
        reader.Read();
        while (!(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth) && !reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element)
            {
                var name = reader.LocalName;
                var nth = children[name] = children.GetValueOrDefault(name) + 1;
                if (nth > MaxRepeats) { Skip(reader); continue; }
                Element(reader, nth == 1 ? $"{path}{name}/" : $"{path}{name}/{nth - 1}/", row);
                continue;
            }
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
            {
                if (!XmlGuard.Text(reader, text, XmlGuard.MaxText)) throw new InvalidDataException("a text of more than 64 KB");
            }
            reader.Read();
        }
        if (children.Count == 0 || text.ToString().AsSpan().Trim().Length > 0) row.Set(path.Length == 0 ? "text" : path.TrimEnd('/'), text.ToString());
        reader.Read();
    }

    // XmlReader.Skip knows no limit of depth
    private static void Skip(XmlReader reader)
    {
        var depth = reader.Depth;
        if (reader.IsEmptyElement) { reader.Read(); return; }
        while (reader.Read() && !(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth)) if (reader.NodeType == XmlNodeType.Element) XmlGuard.Check(reader);
        reader.Read();
    }

    /// <summary>Gateways refuse in XML whatever was asked for: the code stands in an element that is named like the status. Null when the
    /// body is no such refusal.</summary>
    public static Table? Refusal(ReadOnlyMemory<byte> body, FeedDescriptor.EnvelopeOf envelope)
    {
        var text = Encoding.UTF8.GetString(body.Span[..Math.Min(body.Length, 2000)]).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
        if (!text.StartsWith('<')) return null;
        string? Of(string path)
        {
            var name = Last(path);
            var open = text.IndexOf($"<{name}>", StringComparison.Ordinal) + name.Length + 2;
            var close = text.IndexOf($"</{name}>", StringComparison.Ordinal);
            return open > name.Length + 1 && close >= open ? text[open..close].Replace("<![CDATA[", "", StringComparison.Ordinal).Replace("]]>", "", StringComparison.Ordinal).Trim() : null;
        }
        if (envelope.Status.Select(Of).FirstOrDefault(c => c is not null) is not { } status || envelope.Class(status) is not (var outcome and not FetchOutcome.Ok)) return null;
        return Table.Of(outcome, $"{status} {NewsReader.Plain(envelope.Message.Select(Of).FirstOrDefault(m => m is not null) ?? "", 200)}".Trim());
    }
}
