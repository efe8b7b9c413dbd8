using System.Text;
using System.Xml;

namespace SmartCity.Shell.Feeds.Formats;

/// <summary>One element of an XML answer with everything below it, for formats that a row of columns cannot hold. Namespaces are not told apart.</summary>
/// <param name="name">Local name.</param>
internal sealed class XmlItem(string name)
{
    // an alert or a road situation, however rich, has some hundreds
    private const int MaxElements = 50_000;

    private readonly List<XmlItem> _children = [];
    private Dictionary<string, string>? _attributes;

    public string Name => name;
    /// <summary>Its own text, trimmed.</summary>
    public string Text { get; private set; } = "";
    /// <summary>True when the text was longer than was wanted and is not here.</summary>
    public bool TooLong { get; private set; }

    /// <summary>An attribute by its local name, or null.</summary>
    public string? Attribute(string local) => _attributes?.GetValueOrDefault(local);

    /// <summary>Its elements of a name, in order.</summary>
    public IEnumerable<XmlItem> All(string local) => _children.Where(c => c.Name == local);

    /// <summary>Text of the first element at a path of local names; empty when there is none.</summary>
    public string Of(params ReadOnlySpan<string> path)
    {
        var here = this;
        foreach (var step in path)
        {
            if (here._children.Find(c => c.Name == step) is not { } next) return "";
            here = next;
        }
        return here.Text;
    }

    /// <summary>Every element of a name below it, however deep.</summary>
    public IEnumerable<XmlItem> Below(string local)
    {
        foreach (var child in _children)
        {
            if (child.Name == local) yield return child;
            foreach (var deeper in child.Below(local)) yield return deeper;
        }
    }

    /// <summary>Reads the element the reader stands on and leaves the reader behind it.</summary>
    /// <param name="reader">Stands on an element.</param>
    /// <param name="most">How many letters the text of an element of this name may have; more than 64 KB of any other is an error.</param>
    /// <exception cref="InvalidDataException">It is made to hurt.</exception>
    public static XmlItem Read(XmlReader reader, Func<string, int>? most = null)
    {
        var left = MaxElements;
        return Read(reader, most, ref left);
    }

    private static XmlItem Read(XmlReader reader, Func<string, int>? most, ref int left)
    {
        XmlGuard.Check(reader);
        if (left-- == 0) throw new InvalidDataException($"more than {MaxElements} elements in one");
        var item = new XmlItem(reader.LocalName);
        for (var i = 0; i < reader.AttributeCount; i++)
        {
            reader.MoveToAttribute(i);
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") (item._attributes ??= new(StringComparer.Ordinal)).TryAdd(reader.LocalName, reader.Value);
        }
        reader.MoveToElement();
        if (reader.IsEmptyElement)
        {
            reader.Read();
            return item;
        }
        var depth = reader.Depth;
        StringBuilder? text = null;
        reader.Read();
        while (!(reader.NodeType == XmlNodeType.EndElement && reader.Depth == depth) && !reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.Element) { item._children.Add(Read(reader, most, ref left)); continue; }
            if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && !item.TooLong)
            {
                var limit = most?.Invoke(item.Name) ?? 0;
                if (!XmlGuard.Text(reader, text ??= new(), Math.Max(limit, XmlGuard.MaxText)))
                {
                    if (limit == 0) throw new InvalidDataException("a text of more than 64 KB");
                    item.TooLong = true;
                }
            }
            reader.Read();
        }
        if (text is not null && !item.TooLong) item.Text = text.ToString().Trim();
        reader.Read();
        return item;
    }
}
