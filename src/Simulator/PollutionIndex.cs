namespace SmartCity.Simulator;

/// <summary>An index made of the worst of its parts, each scaled between breaks.</summary>
internal sealed class PollutionIndex
{
    /// <summary>The name under which columns and pictures ask for it.</summary>
    public string Curve { get; set; } = "";
    /// <summary>Index values at the breaks, rising.</summary>
    public double[] Levels { get; set; } = [];
    /// <summary>A word for each class: one fewer than levels.</summary>
    public string[] Words { get; set; } = [];
    /// <summary>What it is made of.</summary>
    public IndexPart[] Of { get; set; } = [];

    /// <summary>Index, word and the part that sets it.</summary>
    /// <param name="value">Gives the value of a curve.</param>
    public (double Value, string Word, string Main) From(Func<string, double> value)
    {
        var (worst, main) = (-1.0, "");
        foreach (var part in Of)
        {
            var scaled = Scale(value(part.Curve), part.Breaks);
            if (scaled > worst) (worst, main) = (scaled, part.Word);
        }
        var at = 0;
        while (at < Words.Length - 1 && worst > Levels[at + 1]) at++;
        return (worst, Words[at], main);
    }

    private double Scale(double value, double[] breaks)
    {
        var at = 0;
        while (at < breaks.Length - 2 && value > breaks[at + 1]) at++;
        var share = Math.Clamp((value - breaks[at]) / (breaks[at + 1] - breaks[at]), 0, 1);
        return Levels[at] + share * (Levels[at + 1] - Levels[at]);
    }
}

/// <summary>A part of an index.</summary>
internal sealed class IndexPart
{
    public string Curve { get; set; } = "";
    /// <summary>Values at which the index reaches its levels; as many as levels.</summary>
    public double[] Breaks { get; set; } = [];
    /// <summary>How the source writes this part's name.</summary>
    public string Word { get; set; } = "";
}
