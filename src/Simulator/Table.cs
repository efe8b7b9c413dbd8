using System.Globalization;

namespace SmartCity.Simulator;

/// <summary>One value of a row.</summary>
/// <param name="Text">As written.</param>
/// <param name="Number">True when JSON has it without quotes.</param>
internal readonly record struct Cell(string Text, bool Number);

/// <summary>The rows of a question, each made when it is read: a page of a long history costs only its own rows.</summary>
internal sealed class Table
{
    private readonly Question _question;
    private readonly Scenario _scenario;
    private readonly CityGround _ground;
    private readonly Curves _curves;
    private readonly Filler _filler;
    private readonly IReadOnlyList<Row> _things;
    private readonly List<DateTimeOffset> _steps = [];

    /// <param name="question">What is asked.</param>
    /// <param name="day">The local day of a history; null for live rows.</param>
    /// <param name="scenario">Index and words.</param>
    /// <param name="ground">Areas and stations.</param>
    /// <param name="curves">Values.</param>
    /// <param name="filler">Values of columns that are filled.</param>
    public Table(Question question, DateOnly? day, Scenario scenario, CityGround ground, Curves curves, Filler filler)
    {
        (_question, _scenario, _ground, _curves, _filler) = (question, scenario, ground, curves, filler);
        var source = question.Source;
        _things = source.RowsAt(filler.SeedOf(source), ground, question.Moment);
        if (day is { } local)
        {
            var end = Midnight(local.AddDays(1));
            for (var at = Midnight(local); at < end && at + source.StepLength <= question.Moment; at += source.StepLength) _steps.Add(at);
        }
        else
        {
            _steps.Add(Floor(question.Moment, source.StepLength));
        }
        Names = [.. source.Columns.Select(c => question.NameOf(c.Name, c.Old))];
    }

    /// <summary>Names of the columns, as the source has them now.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Number of rows.</summary>
    public int Count => _steps.Count * _things.Count;

    /// <summary>The cells of a row, counted from 0: oldest step first, things in their own order.</summary>
    public Cell[] Row(int number)
    {
        var index = number % _things.Count;
        var (step, row) = (_steps[number / _things.Count], _things[index]);
        var silent = _question.Fault == Fault.OutageAsZero && index % 3 == 0;
        (double, string, string)? indexed = null;
        return [.. _question.Source.Columns.Select(column => Fill(column, row, step, silent, ref indexed))];
    }

    private Cell Fill(ColumnOf column, Row row, DateTimeOffset step, bool silent, ref (double Value, string Word, string Main)? indexed)
    {
        var thing = row.Thing;
        if (column.Fill is { } text) return new(_filler.Fill(text, row, new(_filler.SeedOf(_question.Source), _question.Moment, _question.Source.StepLength, _things.Count, silent, _question.Named)), column.Number);
        if (column.Time is { } format) return new(TimeZoneInfo.ConvertTime(step, _ground.Zone).ToString(format, CultureInfo.InvariantCulture), false);
        if (column.Area is { } path) return new(thing.OfArea(path), false);
        if (column.Station is { } key) return new(thing.Station![key], false);
        if (column.Constant is { } constant) return new(constant, false);
        if (column.Index is { } part)
        {
            if (silent) return part == "value" ? Number(column, 0) : new("", false);
            indexed ??= _scenario.Index!.From(curve => Value(curve, null, thing.Spot, step));
            return part switch
            {
                "value" => Number(column, indexed.Value.Value),
                "word" => new(indexed.Value.Word, false),
                _ => new(indexed.Value.Main, false),
            };
        }
        var curve = column.Curve!;
        if (silent) return column.Words is null ? Number(column, 0) : new("", false);
        if (column.Missing is { } missing && Noise.Die(thing.Spot.Seed, step.UtcTicks) < column.MissingShare) return new(missing, false);
        var value = Value(curve, column.Over, thing.Spot, step);
        if (column.Words is not null)
        {
            var words = _scenario.WindWords;
            return new(words[(int)Math.Round(value / 360 * words.Length) % words.Length], false);
        }
        return column.None is { } none && value < 0.5 * Math.Pow(10, -column.Digits) ? new(none, false) : Number(column, value);
    }

    private double Value(string curve, string? over, Spot spot, DateTimeOffset step)
    {
        var source = _question.Source;
        if (source.History) return _curves.Over(curve, spot, step, source.StepLength);
        if (over is null) return _curves.At(curve, spot, _question.Moment);
        return over == "step"
            ? _curves.Over(curve, spot, step, _question.Moment - step)
            : _curves.Over(curve, spot, _question.Moment - Durations.Read(over)!.Value, Durations.Read(over)!.Value);
    }

    private static Cell Number(ColumnOf column, double value) =>
        new(value.ToString("F" + column.Digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), !column.Text);

    private DateTimeOffset Midnight(DateOnly day)
    {
        var local = day.ToDateTime(TimeOnly.MinValue);
        // a zone whose clocks jump at midnight has no such moment; the day begins after the jump
        while (_ground.Zone.IsInvalidTime(local)) local = local.AddMinutes(30);
        return new DateTimeOffset(local, _ground.Zone.GetUtcOffset(local)).ToUniversalTime();
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - at.UtcTicks % step.Ticks, TimeSpan.Zero);
}
