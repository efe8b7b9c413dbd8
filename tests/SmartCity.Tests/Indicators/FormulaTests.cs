using SmartCity.Indicators;

namespace SmartCity.Tests.Indicators;

/// <summary>Formulas reach what they name and nothing else.</summary>
public sealed class FormulaTests
{
    private sealed record Row(string Name, double? A, double? B, Text Grade);

    private sealed class Tables : IDatasets
    {
        private static readonly Row[] Rows = [new("x", 1, 10, Text.Of("좋음", "Good")), new("y", 2, null, Text.Of("나쁨", "Bad")), new("z", 6, 30, Text.Of("좋음", "Good"))];
        private static readonly Dataset Known = Dataset.Of<Row>("t.rows", Text.Same("Rows"), [], Text.Same("Rows"), _ => Task.FromResult<IReadOnlyList<Row>>(Rows),
            Column.Text<Row>("name", Text.Same("n"), r => r.Name), Column.Number<Row>("a", Text.Same("a"), "", r => r.A), Column.Number<Row>("b", Text.Same("b"), "", r => r.B), Column.Text<Row>("grade", Text.Same("g"), r => r.Grade));
        public IReadOnlyList<Dataset> All => [Known];
        public Dataset? Find(string key) => key == Known.Key ? Known : null;
        Task<IReadOnlyList<object>> IDatasets.Rows(string key, IReadOnlyDictionary<string, string>? query, CancellationToken cancel) => Task.FromResult<IReadOnlyList<object>>(key == Known.Key ? Rows : []);
    }

    [Theory]
    [InlineData("sum([t.rows/a])", 9.0)]
    [InlineData("mean([t.rows/a])", 3.0)]
    [InlineData("median([t.rows/a])", 2.0)]
    [InlineData("min([t.rows/a]) - max([t.rows/a])", -5.0)]
    [InlineData("count([t.rows/a])", 3.0)]
    [InlineData("count([t.rows/b])", 2.0)]
    [InlineData("count([t.rows/a] > 1)", 2.0)]
    [InlineData("100 * count([t.rows/a] <= 2) / count([t.rows/a])", 66.66666666666667)]
    [InlineData("sum([t.rows/a] where [t.rows/grade] = \"Good\")", 7.0)]
    [InlineData("sum([t.rows/a] where [t.rows/grade] = \"좋음\")", 7.0)]
    [InlineData("count([t.rows/grade] != \"Good\")", 1.0)]
    [InlineData("2 + 3 * (sum([t.rows/a]) - -1)", 32.0)]
    [InlineData("sum([t.rows/a]) / (count([t.rows/a]) - 3)", null)]
    [InlineData("mean([t.rows/a] where [t.rows/name] = \"nobody\")", null)]
    public async Task A_formula_gives_its_value(string text, double? expected)
    {
        var (formula, wrong) = Formula.Read(text);
        Assert.True(wrong is null, wrong?.Word);
        Assert.Null(formula!.Check(new Tables()));
        Assert.Equal(expected, await formula.Value(new Tables(), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("", "indicators.formula.end")]
    [InlineData("1 + 1", "indicators.formula.nothing")]
    [InlineData("sum([t.rows/a]", "indicators.formula.need")]
    [InlineData("sum(t.rows/a)", "indicators.formula.need")]
    [InlineData("sum([t.rows])", "indicators.formula.reference")]
    [InlineData("exec([t.rows/a])", "indicators.formula.function")]
    [InlineData("System.IO.File.Delete(\"x\")", "indicators.formula.function")]
    [InlineData("sum([t.rows/a]); 1", "indicators.formula.unexpected")]
    [InlineData("sum([t.rows/a]) + x", "indicators.formula.function")]
    [InlineData("count([t.rows/grade] < \"Good\")", "indicators.formula.unexpected")]
    [InlineData("sum([t.rows/a] where [other.rows/a] = 1)", "indicators.formula.where")]
    public void What_is_no_formula_is_refused_with_its_reason(string text, string word) => Assert.Equal(word, Formula.Read(text).Wrong?.Word);

    [Fact]
    public void Depth_and_length_are_bounded()
    {
        Assert.Equal("indicators.formula.deep", Formula.Read(new string('(', 100) + "1" + new string(')', 100)).Wrong?.Word);
        Assert.Equal("indicators.formula.deep", Formula.Read(new string('-', 400) + "1").Wrong?.Word);
        Assert.Equal("indicators.formula.long", Formula.Read(new string('1', 501)).Wrong?.Word);
    }

    [Theory]
    [InlineData("sum([no.such/a])", "indicators.formula.dataset")]
    [InlineData("sum([t.rows/zzz])", "indicators.formula.column")]
    [InlineData("sum([t.rows/name])", "indicators.formula.kind")]
    public void What_the_catalogue_does_not_have_is_told(string text, string word) => Assert.Equal(word, Formula.Read(text).Formula!.Check(new Tables())?.Word);
}
