using System.Globalization;

namespace SmartCity.Indicators;

/// <summary>
/// A small safe language over the columns of the catalogue: <c>100 * count([a.b/c] &lt;= 15) / count([a.b/c])</c>.
/// Numbers, + - * /, brackets, and sum, mean, median, min, max, count of a column, with <c>where [a.b/d] = "word"</c>.
/// No names, no loops, no calls: what it can reach is what it names.
/// </summary>
internal sealed class Formula
{
    private const int Longest = 500, Deepest = 20;
    private static readonly string[] Functions = ["sum", "mean", "median", "min", "max", "count"];
    private readonly string _text;
    private readonly List<Column> _columns = [];
    private int _at, _depth;
    private Func<Func<string, IReadOnlyList<object>>, Func<string, string, SmartCity.Column>, double?> _value = (_, _) => null;

    /// <summary>A column that the formula names.</summary>
    /// <param name="IsNumber">True when its values are computed with.</param>
    /// <param name="At">Place in the text, from 1.</param>
    internal sealed record Column(string Dataset, string Key, bool IsNumber, int At);

    private sealed class Refused(string word, params object?[] arguments) : Exception
    {
        public Wrong Wrong { get; } = new("formula", 1, word, arguments);
    }

    private delegate double? Part(Func<string, IReadOnlyList<object>> rows, Func<string, string, SmartCity.Column> columns);

    private Formula(string text) => _text = text;

    /// <summary>Columns in the order they are named.</summary>
    public IReadOnlyList<Column> Columns => _columns;

    /// <summary>Reads a formula, or says where it is not understood.</summary>
    public static (Formula? Formula, Wrong? Wrong) Read(string text)
    {
        if (text.Length > Longest) return (null, new("formula", 1, "indicators.formula.long", Longest));
        var formula = new Formula(text);
        try
        {
            var part = formula.Sum();
            formula.Space();
            if (formula._at < text.Length) throw formula.Unexpected();
            if (formula._columns.Count == 0) throw new Refused("indicators.formula.nothing");
            formula._value = (rows, columns) => part(rows, columns);
            return (formula, null);
        }
        catch (Refused refused) { return (null, refused.Wrong); }
    }

    /// <summary>What the catalogue does not have, or has in another kind.</summary>
    public Wrong? Check(IDatasets datasets)
    {
        foreach (var named in _columns)
        {
            if (datasets.Find(named.Dataset) is not { } dataset) return new("formula", 1, "indicators.formula.dataset", named.Dataset);
            if (dataset.Columns.FirstOrDefault(c => c.Key == named.Key) is not { } column) return new("formula", 1, "indicators.formula.column", named.Dataset, named.Key, string.Join(", ", dataset.Columns.Select(c => c.Key)));
            if (named.IsNumber && column.Kind != ColumnKind.Number) return new("formula", 1, "indicators.formula.kind", named.Dataset, named.Key);
        }
        return null;
    }

    /// <summary>The value now, for the reader of the catalogue; null when something that it needs has no value.</summary>
    public async Task<double?> Value(IDatasets datasets, CancellationToken cancel)
    {
        if (Check(datasets) is not null) return null;
        var rows = new Dictionary<string, IReadOnlyList<object>>(StringComparer.Ordinal);
        foreach (var dataset in _columns.Select(c => c.Dataset).Distinct(StringComparer.Ordinal)) rows[dataset] = await datasets.Rows(dataset, cancel: cancel);
        var value = _value(d => rows[d], (d, c) => datasets.Find(d)!.Columns.First(x => x.Key == c));
        return value is { } number && double.IsFinite(number) ? number : null;
    }

    private Part Sum()
    {
        if (++_depth > Deepest) throw new Refused("indicators.formula.deep");
        var left = Product();
        for (; ; )
        {
            if (Take('+')) { var (a, b) = (left, Product()); left = (r, c) => a(r, c) + b(r, c); }
            else if (Take('-')) { var (a, b) = (left, Product()); left = (r, c) => a(r, c) - b(r, c); }
            else { _depth--; return left; }
        }
    }

    private Part Product()
    {
        var left = Factor();
        for (; ; )
        {
            if (Take('*')) { var (a, b) = (left, Factor()); left = (r, c) => a(r, c) * b(r, c); }
            // nothing divided by nothing is not a number, and not zero either
            else if (Take('/')) { var (a, b) = (left, Factor()); left = (r, c) => b(r, c) is { } below and not 0 ? a(r, c) / below : null; }
            else return left;
        }
    }

    private Part Factor()
    {
        if (++_depth > Deepest) throw new Refused("indicators.formula.deep");
        try
        {
            if (Take('-')) { var inner = Factor(); return (r, c) => -inner(r, c); }
            if (Take('(')) { var inner = Sum(); Need(')'); return inner; }
            Space();
            if (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) { var number = Number(); return (_, _) => number; }
            if (_at < _text.Length && char.IsAsciiLetter(_text[_at])) return Aggregate();
            throw Unexpected();
        }
        finally { _depth--; }
    }

    private Part Aggregate()
    {
        var start = _at;
        while (_at < _text.Length && char.IsAsciiLetter(_text[_at])) _at++;
        var name = _text[start.._at];
        if (!Functions.Contains(name)) throw new Refused("indicators.formula.function", name, string.Join(", ", Functions));
        Need('(');
        var column = Reference(name != "count");
        Func<object?, bool>? own = name == "count" ? Condition() : null;
        (Column Column, Func<object?, bool> Holds)? where = null;
        Space();
        if (_text.AsSpan(_at).StartsWith("where", StringComparison.Ordinal))
        {
            _at += 5;
            var other = Reference(false);
            if (other.Dataset != column.Dataset) throw new Refused("indicators.formula.where", column.Dataset);
            where = (other, Condition() ?? throw Unexpected());
        }
        Need(')');
        return (rows, columns) =>
        {
            var of = columns(column.Dataset, column.Key);
            var chosen = where is { } w ? rows(column.Dataset).Where(r => w.Holds(columns(w.Column.Dataset, w.Column.Key).Of(r))) : rows(column.Dataset);
            var cells = chosen.Select(of.Of).Where(v => v is not null);
            if (name == "count") return cells.Count(v => own is null || own(v));
            var numbers = cells.OfType<double>().Order().ToList();
            if (numbers.Count == 0) return null;
            return name switch
            {
                "sum" => numbers.Sum(),
                "mean" => numbers.Average(),
                "median" => (numbers[(numbers.Count - 1) / 2] + numbers[numbers.Count / 2]) / 2,
                "min" => numbers[0],
                _ => numbers[^1],
            };
        };
    }

    private Column Reference(bool isNumber)
    {
        Need('[');
        var start = _at;
        var end = _text.IndexOf(']', _at);
        if (end < 0 || _text[start..end].Split('/') is not [var dataset, var key] || dataset.Trim().Length == 0 || key.Trim().Length == 0) throw new Refused("indicators.formula.reference", start + 1);
        _at = end + 1;
        var column = new Column(dataset.Trim(), key.Trim(), isNumber, start + 1);
        _columns.Add(column);
        return column;
    }

    /// <summary>A comparison with a number or a text in quotes; null when none stands here.</summary>
    private Func<object?, bool>? Condition()
    {
        Space();
        var sign = new[] { "<=", ">=", "!=", "<", ">", "=" }.FirstOrDefault(s => _text.AsSpan(_at).StartsWith(s, StringComparison.Ordinal));
        if (sign is null) return null;
        _at += sign.Length;
        Space();
        if (_at < _text.Length && _text[_at] == '"')
        {
            var end = _text.IndexOf('"', _at + 1);
            if (end < 0 || sign is not ("=" or "!=")) throw Unexpected();
            var wanted = _text[(_at + 1)..end];
            _at = end + 1;
            return cell => cell is not null && (cell is Text text ? text.Languages.Append("").Any(l => text.In(l) == wanted) : Convert.ToString(cell, CultureInfo.InvariantCulture) == wanted) == (sign == "=");
        }
        var minus = Take('-');
        Space();
        var number = Number() * (minus ? -1 : 1);
        return cell => cell is double value && sign switch { "<=" => value <= number, ">=" => value >= number, "<" => value < number, ">" => value > number, "=" => value == number, _ => value != number };
    }

    private double Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiDigit(_text[_at]) || _text[_at] == '.')) _at++;
        return double.TryParse(_text.AsSpan(start, _at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : throw Unexpected();
    }

    private void Space()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\r' or '\t') _at++;
    }

    private bool Take(char sign)
    {
        Space();
        if (_at >= _text.Length || _text[_at] != sign) return false;
        _at++;
        return true;
    }

    private void Need(char sign)
    {
        if (!Take(sign)) throw new Refused("indicators.formula.need", sign.ToString(), _at + 1);
    }

    private Refused Unexpected() => _at < _text.Length ? new("indicators.formula.unexpected", _text[_at].ToString(), _at + 1) : new Refused("indicators.formula.end");
}
