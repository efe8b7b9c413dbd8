using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace SmartCity.Shell.Export.Pdf;

/// <summary>Bytes of a PDF that grow: operators, numbers, names.</summary>
internal sealed class Ink
{
    private byte[] _bytes = new byte[4096];
    public int Length { get; private set; }
    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    private Span<byte> Room(int more)
    {
        if (Length + more > _bytes.Length) Array.Resize(ref _bytes, Math.Max(Length + more, _bytes.Length * 2));
        return _bytes.AsSpan(Length);
    }

    public Ink Add(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Room(bytes.Length));
        Length += bytes.Length;
        return this;
    }

    public Ink Add(string latin)
    {
        Length += Encoding.Latin1.GetBytes(latin, Room(latin.Length));
        return this;
    }

    public Ink Add(int number)
    {
        number.TryFormat(Room(12), out var written, default, CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    /// <summary>A number with at most two digits after the point, and a space.</summary>
    public Ink Add(double number)
    {
        Math.Round(number, 2).TryFormat(Room(24), out var written, "0.##", CultureInfo.InvariantCulture);
        Length += written;
        return Add(" "u8);
    }

    /// <summary>Four hexadecimal digits.</summary>
    public Ink Hex(ushort number)
    {
        number.TryFormat(Room(4), out var written, "X4", CultureInfo.InvariantCulture);
        Length += written;
        return this;
    }

    public void Clear() => Length = 0;
}

/// <summary>The objects of a PDF 1.7 file, written as soon as they are whole: small ones together and compressed.</summary>
internal sealed class PdfFile
{
    private const int Together = 200;
    private readonly Stream _to;
    private long _at;
    // of each object: 1 and where it stands, or 2, the object that holds it and its place there
    private readonly List<(byte Kind, uint At, ushort Index)> _places = [(0, 0, 0)];
    private readonly Ink _heads = new(), _bodies = new();
    private int _waiting;

    public PdfFile(Stream to)
    {
        _to = to;
        Write("%PDF-1.7\n%\u00e2\u00e3\u00cf\u00d3\n");
    }

    /// <summary>A number for an object that is written later.</summary>
    public int Reserve()
    {
        _places.Add((0, 0, 0));
        return _places.Count - 1;
    }

    public int Add(string text)
    {
        var id = Reserve();
        Put(id, Encoding.Latin1.GetBytes(text));
        return id;
    }

    public void Put(int id, string text) => Put(id, Encoding.Latin1.GetBytes(text));

    public void Put(int id, ReadOnlySpan<byte> text)
    {
        _heads.Add(id).Add(" "u8).Add(_bodies.Length).Add(" "u8);
        _bodies.Add(text).Add("\n"u8);
        // the holder's number is known when it is written
        _places[id] = (2, 0, (ushort)_waiting++);
        _held.Add(id);
        if (_waiting == Together) Flush();
    }

    private readonly List<int> _held = [];

    private void Flush()
    {
        if (_waiting == 0) return;
        var holder = Reserve();
        foreach (var id in _held) _places[id] = (2, (uint)holder, _places[id].Index);
        var whole = new byte[_heads.Length + _bodies.Length];
        _heads.Bytes.CopyTo(whole);
        _bodies.Bytes.CopyTo(whole.AsSpan(_heads.Length));
        PutStream(holder, $"/Type/ObjStm/N {N(_waiting)}/First {N(_heads.Length)}", whole);
        _heads.Clear();
        _bodies.Clear();
        _held.Clear();
        _waiting = 0;
    }

    /// <summary>A stream, compressed unless it must be readable by others.</summary>
    public void PutStream(int id, string entries, ReadOnlySpan<byte> data, bool compress = true)
    {
        byte[]? packed = null;
        if (compress)
        {
            using var memory = new MemoryStream(data.Length / 2);
            using (var zip = new ZLibStream(memory, CompressionLevel.Fastest, leaveOpen: true)) zip.Write(data);
            packed = memory.ToArray();
            data = packed;
        }
        _places[id] = (1, (uint)_at, 0);
        Write($"{N(id)} 0 obj\n<<{entries}{(compress ? "/Filter/FlateDecode" : "")}/Length {N(data.Length)}>>\nstream\n");
        Write(data);
        Write("\nendstream\nendobj\n");
    }

    /// <summary>The end of the file: where everything stands.</summary>
    public void End(int root, int info)
    {
        Flush();
        var own = Reserve();
        var at = _at;
        _places[own] = (1, (uint)at, 0);
        var table = new byte[7 * _places.Count];
        for (var i = 0; i < _places.Count; i++)
        {
            var (kind, place, index) = _places[i];
            var row = table.AsSpan(7 * i);
            row[0] = kind;
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(row[1..], place);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(row[5..], i == 0 ? (ushort)0xFFFF : index);
        }
        var id = Guid.NewGuid().ToString("N");
        PutStream(own, $"/Type/XRef/Size {N(_places.Count)}/W[1 4 2]/Root {N(root)} 0 R/Info {N(info)} 0 R/ID[<{id}><{id}>]", table);
        Write($"startxref\n{at.ToString(CultureInfo.InvariantCulture)}\n%%EOF\n");
    }

    private void Write(string latin) => Write(Encoding.Latin1.GetBytes(latin));

    private void Write(ReadOnlySpan<byte> bytes)
    {
        _to.Write(bytes);
        _at += bytes.Length;
    }

    public static string N(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>A text of the document's own, in any script.</summary>
    public static string Text(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";
}
