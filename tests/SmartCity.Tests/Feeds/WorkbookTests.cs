using System.Globalization;
using SmartCity.Shell.Feeds;

namespace SmartCity.Tests.Feeds;

/// <summary>Workbooks as offices send them, and as nobody should.</summary>
public sealed class WorkbookTests
{
    private const string Main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main", Relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

    private static byte[] Book(string rows, string strings = "", string sheet = "Sheet1", params (string Name, string Text)[] more) => Trying.Zip(
    [
        ("xl/workbook.xml", $"""<workbook xmlns="{Main}" xmlns:r="{Relations}"><sheets><sheet name="Cover" sheetId="1" r:id="rId1"/><sheet name="{sheet}" sheetId="2" r:id="rId2"/></sheets></workbook>"""),
        ("xl/_rels/workbook.xml.rels", """<Relationships xmlns="x"><Relationship Id="rId1" Type="t" Target="worksheets/cover.xml"/><Relationship Id="rId2" Type="t" Target="/xl/worksheets/data.xml"/></Relationships>"""),
        ("xl/worksheets/cover.xml", $"""<worksheet xmlns="{Main}"><sheetData/></worksheet>"""),
        ("xl/worksheets/data.xml", $"""<worksheet xmlns="{Main}"><sheetData>{rows}</sheetData></worksheet>"""),
        ("xl/sharedStrings.xml", $"""<sst xmlns="{Main}">{strings}</sst>"""),
        ("xl/styles.xml", $"""<styleSheet xmlns="{Main}"><numFmts><numFmt numFmtId="170" formatCode="yyyy&quot;년&quot; m&quot;월&quot;"/><numFmt numFmtId="171" formatCode="0.0&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/><xf numFmtId="171"/></cellXfs></styleSheet>"""),
        .. more,
    ]);

    private const string Map = "read: { sheet: Sheet1 }\nkind: things\nmap: { thing: { from: [id], name: [이름] }, attributes: { n: [n], day: [day], month: [month], yes: [yes], sum: [sum] } }\n";

    [Fact]
    public void A_sheet_is_read_with_its_texts_numbers_dates_and_last_results()
    {
        var tried = Trying.Read("xlsx", Book("""
            <row r="1"><c r="A1"/></row>
            <row r="2"><c r="A2" t="s"><v>0</v></c><c r="B2" t="inlineStr"><is><t>이름</t></is></c><c r="C2" t="s"><v>1</v></c><c r="D2" t="str"><v>day</v></c><c r="E2" t="str"><v>month</v></c><c r="F2" t="str"><v>yes</v></c><c r="G2" t="str"><v>sum</v></c></row>
            <row r="3"><c r="A3" t="s"><v>2</v></c><c r="B3" t="s"><v>3</v></c><c r="C3" s="3"><v>1.5</v></c><c r="D3" s="1"><v>46223.5</v></c><c r="E3" s="2"><v>46204</v></c><c r="F3" t="b"><v>1</v></c><c r="G3"><f>C3*2</f><v>3</v></c></row>
            <row r="4"/>
            <row r="5"><c r="A5" t="inlineStr"><is><t>second</t></is></c><c r="G5" t="e"><v>#DIV/0!</v></c></row>
            """, """<si><t>id</t></si><si><r><t>n</t></r></si><si><t>first</t></si><si><r><rPr><b/></rPr><t xml:space="preserve">굵은 </t></r><r><t>글</t></r><rPh sb="0" eb="1"><t>ignored</t></rPh></si>"""), Map);
        Assert.Equal(FetchOutcome.Ok, tried.Outcome);
        var first = tried.Mapped!.Things["first"];
        Assert.Equal("굵은 글", first.Name.In("ko"));
        Assert.Equal(("1.5", "2026-07-20T12:00:00", "2026-07-01", "true", "3"), (first.Attributes["n"], first.Attributes["day"], first.Attributes["month"], first.Attributes["yes"], first.Attributes["sum"]));
        Assert.Equal(["first", "second"], tried.Mapped.Things.Keys);
    }

    [Theory]
    [InlineData("<row r=\"1\"><c t=\"s\"><v>9</v></c></row>", "a text that the workbook does not have")]
    [InlineData("<row r=\"1\"><c t=\"str\"><v>id</v></c></row><row r=\"2\"><c><v>1e999</v></c></row>", "a number that is not finite")]
    [InlineData("<row r=\"1\"><c r=\"ZZZ1\" t=\"str\"><v>id</v></c></row>", "more than 400 columns")]
    [InlineData("<row r=\"1\"><c><v>1</v></row>", "not well formed")]
    [InlineData("MANY", "an element with more than 64 attributes")]
    [InlineData("", "there is no header")]
    public void What_no_sheet_can_hold_is_refused(string rows, string told)
    {
        if (rows == "MANY") rows = $"<row {string.Concat(Enumerable.Range(0, 100_000).Select(i => $"a{i}=''"))}/>";
        var tried = Trying.Read("xlsx", Book(rows), Map);
        Assert.Equal(FetchOutcome.Unparsable, tried.Outcome);
        Assert.Contains(told, tried.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sheet_that_is_not_there_is_named_with_those_that_are() =>
        Assert.Contains("there is no sheet Missing; there are Cover, Sheet1", Trying.Read("xlsx", Book(""), Map.Replace("Sheet1", "Missing", StringComparison.Ordinal)).Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><worksheet><sheetData><row><c t=\"str\"><v>&a;</v></c></row></sheetData></worksheet>")]
    [InlineData("DEEP")]
    public void A_sheet_with_a_document_type_or_without_a_floor_is_refused(string sheet)
    {
        if (sheet == "DEEP") sheet = string.Concat(Enumerable.Repeat("<a>", 5000)) + string.Concat(Enumerable.Repeat("</a>", 5000));
        var zip = Trying.Zip(("xl/workbook.xml", $"""<workbook xmlns:r="{Relations}"><sheets><sheet name="S" r:id="r"/></sheets></workbook>"""), ("xl/worksheets/sheet1.xml", sheet));
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("xlsx", zip).Outcome);
    }

    [Fact]
    public void A_zip_that_would_burst_is_refused_by_what_it_declares()
    {
        var bomb = Trying.Zip(("xl/workbook.xml", new byte[8 * 1024 * 1024]));
        Assert.Contains("compressed more than 100 to 1", Trying.Read("xlsx", bomb).Detail, StringComparison.Ordinal);
        // what it declares is a lie: the size in the directory is made small
        for (var at = 0; (at = bomb.AsSpan(at).IndexOf("PK\u0001\u0002"u8) is >= 0 and var next ? at + next : -1) >= 0; at += 4) BitConverter.TryWriteBytes(bomb.AsSpan(at + 24), 1000);
        Assert.Equal(FetchOutcome.Unparsable, Trying.Read("xlsx", bomb).Outcome);
        Assert.Contains("more than 2000 files", Trying.Read("xlsx", Trying.Zip([.. Enumerable.Range(0, 2001).Select(i => (i.ToString(CultureInfo.InvariantCulture), ""))])).Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("..\\windows")]
    [InlineData("C:/x")]
    public void A_zip_with_a_name_that_leads_out_of_it_is_refused(string name) =>
        Assert.Contains("leads out of it", Trying.Read("xlsx", Trying.Zip((name, "x"))).Detail, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("PK")]
    [InlineData("PK\u0003\u0004 and then nothing of a zip")]
    [InlineData("id,v\na,1\n")]
    public void What_is_no_zip_is_refused(string body) => Assert.Equal(FetchOutcome.Unparsable, Trying.Read("xlsx", body).Outcome);
}
