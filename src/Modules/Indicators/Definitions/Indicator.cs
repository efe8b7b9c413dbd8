namespace SmartCity.Indicators;

/// <summary>Which way is better.</summary>
internal enum Direction { Up, Down }

/// <summary>Where values come from.</summary>
internal enum ValueSource { Typed, Imported, Computed }

/// <summary>A group of indicators: safety, transport.</summary>
internal sealed record Sector(string Key, Text Name, int Order);

/// <summary>A step of the path to the goal.</summary>
internal sealed record TargetPoint(Period Period, double Value);

/// <summary>Something that happened and may explain a turn of the line.</summary>
internal sealed record Happening(Period Period, Text Title);

/// <summary>What is measured, why, how and by whom: an indicator is defined, not drawn. Everything else follows from it.</summary>
internal sealed record Indicator
{
    /// <summary>Lower-case words joined by hyphens; stands in addresses.</summary>
    public required string Key { get; init; }
    public required Text Name { get; init; }
    /// <summary>What it means, in plain words.</summary>
    public required Text Plain { get; init; }
    public required Sector Sector { get; init; }
    /// <summary>UCUM code for machines.</summary>
    public required string Unit { get; init; }
    /// <summary>The unit as people write it.</summary>
    public required Text UnitName { get; init; }
    /// <summary>Digits after the point, in every place it is shown.</summary>
    public int Decimals { get; init; }
    public Direction Direction { get; init; }
    public Cycle Cycle { get; init; }
    /// <summary>The path to the goal, oldest first; between two points the target runs straight.</summary>
    public required IReadOnlyList<TargetPoint> Targets { get; init; }
    /// <summary>Missing the target by up to this much, in the unit, is near.</summary>
    public double Near { get; init; }
    /// <summary>Days after the end of a period within which its value is due.</summary>
    public int Lag { get; init; }
    /// <summary>Smallest and largest value that is believed.</summary>
    public double? Min { get; init; }
    public double? Max { get; init; }
    /// <summary>The department that answers for it.</summary>
    public required Text Owner { get; init; }
    /// <summary>The post in it.</summary>
    public required Text Person { get; init; }
    public required Text Method { get; init; }
    public required Text Caveats { get; init; }
    public ValueSource Source { get; init; }
    /// <summary>Name of the register, survey or dataset.</summary>
    public required Text SourceName { get; init; }
    /// <summary>How it is computed, when it is.</summary>
    public string? Formula { get; init; }
    /// <summary>Codes of related standards: <c>SDG 11.6.2</c>, <c>ISO 37120:2018 8.1</c>.</summary>
    public IReadOnlyList<string> Standards { get; init; } = [];
    public IReadOnlyList<Happening> Events { get; init; } = [];
    /// <summary>True when the values that came with the definition are made up.</summary>
    public bool Demonstration { get; init; }
    /// <summary>True when somebody defined it by the form, false when the pack did.</summary>
    public bool ByForm { get; init; }

    /// <summary>What the value of a period should be, as it is shown; null before the path begins.</summary>
    public double? TargetAt(Period period)
    {
        if (Targets.Count == 0 || period.End < Targets[0].Period.End) return null;
        for (var i = 1; i < Targets.Count; i++)
        {
            var (from, to) = (Targets[i - 1], Targets[i]);
            if (period.End >= to.Period.End) continue;
            var along = (double)(period.End.DayNumber - from.Period.End.DayNumber) / (to.Period.End.DayNumber - from.Period.End.DayNumber);
            return Round(from.Value + along * (to.Value - from.Value));
        }
        return Round(Targets[^1].Value);
    }

    /// <summary>By how much a value misses a target, in the unit; negative when it is better.</summary>
    public double Shortfall(double value, double target) => Round(Direction == Direction.Up ? target - value : value - target);

    public double Round(double value) => Math.Round(value, Decimals, MidpointRounding.AwayFromZero);

    /// <summary>A value as it is written everywhere.</summary>
    public string Write(double? value) => value is { } number ? Units.Number(number, Decimals) : "—";

    /// <summary>A difference with its unit: between two shares that are percentages lie points.</summary>
    public string WriteDifference(double difference) =>
        UnitName.ToString() == "%" ? (difference is 1 or -1 ? Text.Of("{0}%p", "{0} point", Text.Same(Write(difference))) : Text.Of("{0}%p", "{0} points", Text.Same(Write(difference)))).ToString().Replace(' ', '\u00a0') : WriteWithUnit(difference);

    /// <summary>A value with its unit.</summary>
    public string WriteWithUnit(double? value)
    {
        var unit = UnitName.ToString();
        return value is null || unit.Length == 0 ? Write(value) : unit is "%" ? Write(value) + unit : Write(value) + "\u00a0" + unit;
    }
}
