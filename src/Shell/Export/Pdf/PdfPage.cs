using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Export.Pdf;

/// <summary>An element of the document's structure, which those hear and search who do not see the page.</summary>
internal sealed class Element(int id, string tag, Element? parent)
{
    private readonly StringBuilder _kids = new();
    public int Id => id;
    public string Tag => tag;
    public Element? Parent => parent;
    /// <summary>Object of the page on which it begins; 0 while nothing of it is drawn.</summary>
    public int Page { get; private set; }
    /// <summary>What it says, for a picture.</summary>
    public string? Instead { get; init; }
    /// <summary>Further entries: scope of a head, place of a figure.</summary>
    public string More { get; set; } = "";

    public void Holds(Element kid) => _kids.Append(CultureInfo.InvariantCulture, $"{kid.Id} 0 R ");

    public void Marked(int page, int mark)
    {
        if (Page == 0) Page = page;
        if (Page == page) _kids.Append(CultureInfo.InvariantCulture, $"{mark} ");
        else _kids.Append(CultureInfo.InvariantCulture, $"<</Type/MCR/Pg {page} 0 R/MCID {mark}>>");
    }

    public string Written(int root) => string.Create(CultureInfo.InvariantCulture,
        $"<</Type/StructElem/S/{tag}/P {parent?.Id ?? root} 0 R{(Page > 0 ? $"/Pg {Page} 0 R" : "")}{(Instead is null ? "" : "/Alt" + PdfFile.Text(Instead))}{More}/K[{_kids}]>>");
}

/// <summary>One face of the document: fonts tried in order for each letter, and the glyphs that were used of each.</summary>
internal sealed class Face(IReadOnlyList<TrueType> fonts, int first)
{
    private readonly SortedDictionary<ushort, int>[] _used = [.. fonts.Select(_ => new SortedDictionary<ushort, int>())];

    private (int Font, ushort Glyph) Of(int character)
    {
        for (var i = 0; i < fonts.Count; i++)
            if (fonts[i].Glyph(character) is var glyph and > 0) return (i, glyph);
        return (0, 0);
    }

    /// <summary>Width of a text in points.</summary>
    public double Width(string text, double size)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var (font, glyph) = Of(rune.Value);
            width += fonts[font].Width(glyph);
        }
        return width * size / 1000;
    }

    /// <summary>Shows a text; one with letters that no font has carries them for search and speech all the same.</summary>
    public void Show(Ink ink, string text, double size)
    {
        var missing = false;
        foreach (var rune in text.EnumerateRunes()) missing |= Of(rune.Value).Glyph == 0;
        if (missing) ink.Add("/Span<</ActualText").Add(PdfFile.Text(text)).Add(">>BDC ");
        var current = -1;
        foreach (var rune in text.EnumerateRunes())
        {
            var (font, glyph) = Of(rune.Value);
            if (font != current)
            {
                if (current >= 0) ink.Add(">Tj "u8);
                ink.Add("/F").Add(first + font).Add(" "u8).Add(size).Add("Tf <"u8);
                current = font;
            }
            ink.Hex(glyph);
            if (glyph != 0) _used[font].TryAdd(glyph, rune.Value);
        }
        if (current >= 0) ink.Add(">Tj "u8);
        if (missing) ink.Add("EMC "u8);
    }

    /// <summary>Writes the fonts, each cut to what was used of it.</summary>
    /// <returns>Name and object of each, as a page's resources name them.</returns>
    public string Write(PdfFile file)
    {
        var names = new StringBuilder();
        for (var i = 0; i < fonts.Count; i++)
            if (_used[i].Count > 0 || i == 0) names.Append(CultureInfo.InvariantCulture, $"/F{first + i} {Write(file, fonts[i], _used[i])} 0 R");
        return names.ToString();
    }

    private static int Write(PdfFile file, TrueType font, SortedDictionary<ushort, int> used)
    {
        var (outlines, letters) = (file.Reserve(), file.Reserve());
        var cut = font.Subset(used.Keys);
        file.PutStream(outlines, $"/Length1 {PdfFile.N(cut.Length)}", cut);
        file.PutStream(letters, "", Encoding.ASCII.GetBytes(Letters(used)));
        var name = $"{Tag(used.Keys)}+{font.Name}";
        var box = font.Box;
        var about = file.Add(string.Create(CultureInfo.InvariantCulture, $"<</Type/FontDescriptor/FontName/{name}/Flags 4/FontBBox[{font.Thousandths(box.Left)} {font.Thousandths(box.Bottom)} {font.Thousandths(box.Right)} {font.Thousandths(box.Top)}]/ItalicAngle 0/Ascent {font.Thousandths(font.Ascent)}/Descent {font.Thousandths(font.Descent)}/CapHeight {font.Thousandths(font.Ascent) * 3 / 4}/StemV 80/FontFile2 {outlines} 0 R>>"));
        var glyphs = file.Add(string.Create(CultureInfo.InvariantCulture, $"<</Type/Font/Subtype/CIDFontType2/BaseFont/{name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/CIDToGIDMap/Identity/FontDescriptor {about} 0 R/DW {font.Width(0)}/W[{string.Concat(used.Keys.Select(g => $"{g}[{font.Width(g)}]"))}]>>"));
        return file.Add(string.Create(CultureInfo.InvariantCulture, $"<</Type/Font/Subtype/Type0/BaseFont/{name}/Encoding/Identity-H/DescendantFonts[{glyphs} 0 R]/ToUnicode {letters} 0 R>>"));
    }

    // six letters before the name say that the font is cut, and tell one cut from another
    private static string Tag(IEnumerable<ushort> glyphs)
    {
        var sum = glyphs.Aggregate(17u, (sofar, glyph) => sofar * 31 + glyph);
        var letters = new char[6];
        for (var i = 0; i < letters.Length; i++, sum /= 26) letters[i] = (char)('A' + sum % 26);
        return new(letters);
    }

    // which letter a glyph stands for: without it nothing can be searched or copied
    private static string Letters(SortedDictionary<ushort, int> used)
    {
        var map = new StringBuilder("/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def /CMapName/Adobe-Identity-UCS def /CMapType 2 def 1 begincodespacerange <0000><FFFF> endcodespacerange\n");
        foreach (var some in used.Chunk(100))
        {
            map.Append(CultureInfo.InvariantCulture, $"{some.Length} beginbfchar\n");
            foreach (var (glyph, letter) in some) map.Append(CultureInfo.InvariantCulture, $"<{glyph:X4}><{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(char.ConvertFromUtf32(letter)))}>\n");
            map.Append("endbfchar\n");
        }
        return map.Append("endcmap CMapName currentdict /CMap defineresource pop end end").ToString();
    }
}

/// <summary>A page on which something is drawn. Points from the upper left corner; y is the base line of text.</summary>
internal sealed class PdfPage(int id, double width, double height)
{
    public int Id => id;
    public double Width => width;
    public double Height => height;
    public Ink Ink { get; } = new();
    /// <summary>Whose each mark on this page is, in order.</summary>
    public List<int> Marks { get; } = [];

    /// <summary>Draws as part of an element; of none, it is decoration.</summary>
    public void Mark(Element? element, Action<Ink> draw, string decoration = "/Artifact BMC ")
    {
        if (element is null) Ink.Add(decoration);
        else
        {
            element.Marked(id, Marks.Count);
            Ink.Add("/"u8).Add(element.Tag).Add("<</MCID "u8).Add(Marks.Count).Add(">>BDC "u8);
            Marks.Add(element.Id);
        }
        draw(Ink);
        Ink.Add("EMC\n"u8);
    }

    /// <summary>A line of text.</summary>
    public void Text(Element? element, Face face, double size, double x, double y, string text, string colour = Colours.Ink, string decoration = "/Artifact BMC ") =>
        Mark(element, ink => Write(ink, face, size, x, y, text, colour), decoration);

    public void Write(Ink ink, Face face, double size, double x, double y, string text, string colour = Colours.Ink)
    {
        ink.Add(colour).Add(" rg BT "u8).Add(x).Add(height - y).Add("Td "u8);
        face.Show(ink, text, size);
        ink.Add("ET "u8);
    }

    /// <summary>A horizontal line, for the eye only.</summary>
    public void Rule(double x1, double x2, double y, string colour = Colours.Line, double thick = 0.5) =>
        Mark(null, ink => ink.Add(colour).Add(" RG "u8).Add(thick).Add("w "u8).Add(x1).Add(height - y).Add("m "u8).Add(x2).Add(height - y).Add("l S "u8));

    /// <summary>A filled rectangle, for the eye only.</summary>
    public void Fill(double x, double y, double w, double h, string colour) =>
        Mark(null, ink => ink.Add(colour).Add(" rg "u8).Add(x).Add(height - y - h).Add(w).Add(h).Add("re f "u8));
}

/// <summary>The colours of paper: those of the day theme.</summary>
internal static class Colours
{
    public const string Ink = ".11 .15 .2", Soft = ".34 .37 .41", Line = ".8 .78 .74", Head = ".93 .91 .87", Dark = ".43 .47 .51", Rest = ".66 .64 .58";
    public static readonly string[] Series = [".12 .3 .76", ".73 .38 .06", ".02 .5 .41", ".4 .08 .27"];
    /// <summary>Lines differ without colour too.</summary>
    public static readonly string[] Dashes = ["[] 0", "[6 2] 0", "[2 2] 0", "[8 2 2 2] 0"];
}
