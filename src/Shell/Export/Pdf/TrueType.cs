using System.Buffers.Binary;
using System.Text;

namespace SmartCity.Shell.Export.Pdf;

/// <summary>A font with TrueType outlines: which glyph a character has, how wide it is, and the same font cut to some glyphs.</summary>
internal sealed class TrueType
{
    private readonly byte[] _data;
    private readonly Dictionary<string, (int At, int Length)> _tables = new(StringComparer.Ordinal);
    private readonly ushort[] _plane0 = new ushort[0x10000];
    private readonly Dictionary<int, ushort> _beyond = [];
    private readonly ushort[] _widths;
    private readonly int _widthCount;
    private readonly bool _longOffsets;

    /// <summary>Name in the file, for the reader of the document.</summary>
    public string Name { get; }
    public int UnitsPerEm { get; }
    public int Glyphs { get; }
    public short Ascent { get; }
    public short Descent { get; }
    public (short Left, short Bottom, short Right, short Top) Box { get; }

    /// <exception cref="NotSupportedException">It is no font of this kind; collections and fonts with PostScript outlines are not.</exception>
    public TrueType(byte[] data, string name)
    {
        (_data, Name) = (data, name);
        if (data.Length < 12 || U32(0) is not (0x00010000 or 0x74727565)) throw new NotSupportedException($"{name} is no TrueType font.");
        for (int i = 0, count = U16(4); i < count; i++)
        {
            var entry = 12 + 16 * i;
            _tables[Encoding.ASCII.GetString(data, entry, 4)] = ((int)U32(entry + 8), (int)U32(entry + 12));
        }
        if (!_tables.ContainsKey("glyf")) throw new NotSupportedException($"{name} has no TrueType outlines.");
        var head = _tables["head"].At;
        UnitsPerEm = U16(head + 18);
        Box = (I16(head + 36), I16(head + 38), I16(head + 40), I16(head + 42));
        _longOffsets = I16(head + 50) == 1;
        Glyphs = U16(_tables["maxp"].At + 4);
        var hhea = _tables["hhea"].At;
        (Ascent, Descent, _widthCount) = (I16(hhea + 4), I16(hhea + 6), U16(hhea + 34));
        _widths = [.. Enumerable.Range(0, Glyphs).Select(g => (ushort)(U16(_tables["hmtx"].At + 4 * Math.Min(g, _widthCount - 1)) * 1000 / UnitsPerEm))];
        ReadCharacters();
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_data.AsSpan(at));
    private short I16(int at) => BinaryPrimitives.ReadInt16BigEndian(_data.AsSpan(at));
    private uint U32(int at) => BinaryPrimitives.ReadUInt32BigEndian(_data.AsSpan(at));

    // format 12 holds every character, format 4 those below 65,536
    private void ReadCharacters()
    {
        var cmap = _tables["cmap"].At;
        var maps = Enumerable.Range(0, U16(cmap + 2)).Select(i => cmap + (int)U32(cmap + 4 + 8 * i + 4)).ToList();
        if (maps.Find(m => U16(m) == 12) is var full and > 0)
        {
            for (int i = 0, groups = (int)U32(full + 12); i < groups; i++)
            {
                var group = full + 16 + 12 * i;
                var (first, last, glyph) = (U32(group), U32(group + 4), U32(group + 8));
                for (var c = first; c <= last; c++) Set((int)c, (ushort)(glyph + c - first));
            }
        }
        else if (maps.Find(m => U16(m) == 4) is var half and > 0)
        {
            var segments = U16(half + 6) / 2;
            for (var i = 0; i < segments; i++)
            {
                var (last, first, delta) = (U16(half + 14 + 2 * i), U16(half + 16 + 2 * segments + 2 * i), I16(half + 16 + 4 * segments + 2 * i));
                var at = half + 16 + 6 * segments + 2 * i;
                var offset = U16(at);
                for (int c = first; c <= last && c != 0xFFFF; c++)
                {
                    var glyph = offset == 0 ? c : U16(at + offset + 2 * (c - first));
                    if (glyph != 0) Set(c, (ushort)(glyph + delta));
                }
            }
        }
    }

    private void Set(int character, ushort glyph)
    {
        if (character < _plane0.Length) _plane0[character] = glyph;
        else _beyond[character] = glyph;
    }

    /// <summary>The glyph of a character; 0 when there is none.</summary>
    public ushort Glyph(int character) => character < _plane0.Length ? _plane0[character] : _beyond.GetValueOrDefault(character);

    /// <summary>Width in thousandths of the size.</summary>
    public int Width(ushort glyph) => glyph < _widths.Length ? _widths[glyph] : 0;

    /// <summary>A measure of the font in thousandths of the size.</summary>
    public int Thousandths(int units) => units * 1000 / UnitsPerEm;

    private (int At, int Length) Outline(int glyph)
    {
        var loca = _tables["loca"].At;
        var (from, to) = _longOffsets ? ((int)U32(loca + 4 * glyph), (int)U32(loca + 4 * glyph + 4)) : (2 * U16(loca + 2 * glyph), 2 * U16(loca + 2 * glyph + 2));
        return (_tables["glyf"].At + from, to - from);
    }

    /// <summary>The font with the outlines of some glyphs only; each keeps its number.</summary>
    public byte[] Subset(IEnumerable<ushort> glyphs)
    {
        var keep = WithComponents(glyphs);
        var count = keep.Max + 1;
        var outlines = new MemoryStream();
        var offsets = new byte[4 * (count + 1)];
        for (var glyph = 0; glyph < count; glyph++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * glyph), (uint)outlines.Length);
            if (!keep.Contains(glyph)) continue;
            var (at, length) = Outline(glyph);
            outlines.Write(_data, at, length);
            while (outlines.Length % 4 != 0) outlines.WriteByte(0);
        }
        BinaryPrimitives.WriteUInt32BigEndian(offsets.AsSpan(4 * count), (uint)outlines.Length);
        var widths = new byte[4 * count];
        var hmtx = _tables["hmtx"].At;
        for (var glyph = 0; glyph < count; glyph++)
        {
            BinaryPrimitives.WriteUInt16BigEndian(widths.AsSpan(4 * glyph), U16(hmtx + 4 * Math.Min(glyph, _widthCount - 1)));
            BinaryPrimitives.WriteInt16BigEndian(widths.AsSpan(4 * glyph + 2), I16(glyph < _widthCount ? hmtx + 4 * glyph + 2 : hmtx + 4 * _widthCount + 2 * (glyph - _widthCount)));
        }
        var (head, maxp, hhea) = (Table("head"), Table("maxp"), Table("hhea"));
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), 0);
        BinaryPrimitives.WriteInt16BigEndian(head.AsSpan(50), 1);
        BinaryPrimitives.WriteUInt16BigEndian(maxp.AsSpan(4), (ushort)count);
        BinaryPrimitives.WriteUInt16BigEndian(hhea.AsSpan(34), (ushort)count);
        var tables = new SortedDictionary<string, byte[]>(StringComparer.Ordinal) { ["glyf"] = outlines.ToArray(), ["head"] = head, ["hhea"] = hhea, ["hmtx"] = widths, ["loca"] = offsets, ["maxp"] = maxp };
        foreach (var hints in new[] { "cvt ", "fpgm", "prep" })
            if (_tables.ContainsKey(hints)) tables[hints] = Table(hints);
        return Assemble(tables);
    }

    private byte[] Table(string name) => _data.AsSpan(_tables[name].At, _tables[name].Length).ToArray();

    // a glyph may be put together of others: a syllable of its letters
    private SortedSet<int> WithComponents(IEnumerable<ushort> glyphs)
    {
        var keep = new SortedSet<int>(glyphs.Select(g => (int)g)) { 0 };
        var open = new Queue<int>(keep);
        while (open.TryDequeue(out var glyph))
        {
            var (at, length) = Outline(glyph);
            if (length == 0 || I16(at) >= 0) continue;
            at += 10;
            for (var more = true; more;)
            {
                var (flags, part) = (U16(at), U16(at + 2));
                if (keep.Add(part)) open.Enqueue(part);
                at += 4 + ((flags & 1) != 0 ? 4 : 2) + ((flags & 8) != 0 ? 2 : (flags & 0x40) != 0 ? 4 : (flags & 0x80) != 0 ? 8 : 0);
                more = (flags & 0x20) != 0;
            }
        }
        return keep;
    }

    private static byte[] Assemble(SortedDictionary<string, byte[]> tables)
    {
        var log = (int)Math.Log2(tables.Count);
        var file = new MemoryStream();
        Span<byte> entry = stackalloc byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(entry, 0x00010000);
        BinaryPrimitives.WriteUInt16BigEndian(entry[4..], (ushort)tables.Count);
        BinaryPrimitives.WriteUInt16BigEndian(entry[6..], (ushort)(16 << log));
        BinaryPrimitives.WriteUInt16BigEndian(entry[8..], (ushort)log);
        BinaryPrimitives.WriteUInt16BigEndian(entry[10..], (ushort)(16 * tables.Count - (16 << log)));
        file.Write(entry[..12]);
        var at = 12 + 16 * tables.Count;
        foreach (var (name, table) in tables)
        {
            Encoding.ASCII.GetBytes(name, entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[4..], Sum(table));
            BinaryPrimitives.WriteUInt32BigEndian(entry[8..], (uint)at);
            BinaryPrimitives.WriteUInt32BigEndian(entry[12..], (uint)table.Length);
            file.Write(entry);
            at += (table.Length + 3) / 4 * 4;
        }
        foreach (var table in tables.Values)
        {
            file.Write(table);
            while (file.Length % 4 != 0) file.WriteByte(0);
        }
        return file.ToArray();
    }

    private static uint Sum(byte[] table)
    {
        uint sum = 0;
        for (var i = 0; i < table.Length; i += 4)
        {
            uint word = 0;
            for (var k = 0; k < 4; k++) word = word << 8 | (i + k < table.Length ? table[i + k] : 0u);
            sum += word;
        }
        return sum;
    }
}
