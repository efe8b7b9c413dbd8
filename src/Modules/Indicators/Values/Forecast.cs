namespace SmartCity.Indicators;

/// <summary>What a period to come may bring.</summary>
/// <param name="Low">Below it lies a tenth of what may come.</param>
/// <param name="High">Above it lies a tenth of what may come.</param>
internal sealed record Expectation(Period Period, double Value, double Low, double High);

/// <summary>
/// Exponential smoothing with trend and season (Holt-Winters, additive), its three weights chosen by the smallest squared
/// error one step ahead. The error that is printed is from back-tests: the model is fitted without the end of the series and
/// asked for what it has not seen.
/// </summary>
/// <param name="Error">Mean absolute error of the back-tests, in the unit.</param>
/// <param name="Percent">The same as a share of the mean of the values that were to be met, in per cent; null when that is 0.</param>
/// <param name="Tests">Values that the back-tests were measured against.</param>
/// <param name="Hits">How many of them lay between low and high.</param>
internal sealed record Forecast(IReadOnlyList<Expectation> Steps, double Error, double? Percent, int Tests, int Hits)
{
    // the tenth and the ninetieth hundredth of a normal distribution
    private const double Width = 1.2816;
    private static readonly double[] Levels = [0.1, 0.25, 0.4, 0.6, 0.8], Trends = [0, 0.05, 0.2], Seasons = [0, 0.1, 0.3];

    /// <summary>Two years ahead at most; null below eight values, or below three seasons.</summary>
    public static Forecast? Of(Indicator indicator, IReadOnlyList<Observation> observations)
    {
        var season = Period.PerYear(indicator.Cycle);
        var values = observations.Select(o => o.Value!.Value).ToArray();
        if (values.Length < Math.Max(8, season * 3)) return null;
        var ahead = season == 1 ? 3 : season;
        var model = Fit(values, season);
        var last = observations[^1].Period;
        var steps = Enumerable.Range(1, ahead).Select(h => Step(indicator, model, h, last.Plus(h))).ToList();

        var (errors, truths, hits) = (new List<double>(), new List<double>(), 0);
        // origins over the last third, never with less than two seasons to learn from
        var first = Math.Max(Math.Max(6, season * 2), values.Length * 2 / 3);
        for (var origin = first; origin < values.Length; origin += Math.Max(1, season / 4))
        {
            var past = Fit(values[..origin], season);
            for (var h = 1; h <= ahead && origin + h <= values.Length; h++)
            {
                var expected = Step(indicator, past, h, last);
                var truth = values[origin + h - 1];
                errors.Add(Math.Abs(expected.Value - truth));
                truths.Add(Math.Abs(truth));
                if (truth >= expected.Low && truth <= expected.High) hits++;
            }
        }
        var error = errors.Average();
        return new(steps, error, truths.Average() is > 0 and var size ? 100 * error / size : null, errors.Count, hits);
    }

    private static Expectation Step(Indicator indicator, Model model, int ahead, Period period)
    {
        var value = model.Level + ahead * model.Trend + model.Season[(ahead - 1) % model.Season.Length];
        var spread = Width * model.Spread(ahead);
        double Within(double number) => indicator.Round(Math.Min(indicator.Max ?? double.MaxValue, Math.Max(indicator.Min ?? double.MinValue, number)));
        return new(period, Within(value), Within(value - spread), Within(value + spread));
    }

    /// <summary>A fitted model after its last value; <paramref name="Season"/> begins with the next step.</summary>
    private sealed record Model(double Level, double Trend, double[] Season, double Sigma, double A, double B, double C)
    {
        /// <summary>Standard deviation of the error so many steps ahead, as additive Holt-Winters implies it.</summary>
        public double Spread(int ahead)
        {
            var sum = 1.0;
            for (var j = 1; j < ahead; j++)
            {
                var weight = A * (1 + j * B) + (Season.Length > 1 && j % Season.Length == 0 ? C * (1 - A) : 0);
                sum += weight * weight;
            }
            return Sigma * Math.Sqrt(sum);
        }
    }

    private static Model Fit(double[] values, int season)
    {
        Model? best = null;
        foreach (var a in Levels)
            foreach (var b in Trends)
                foreach (var c in season == 1 ? [0] : Seasons)
                    if (Run(values, season, a, b, c) is var model && (best is null || model.Sigma < best.Sigma)) best = model;
        return best!;
    }

    private static Model Run(double[] values, int season, double a, double b, double c)
    {
        double level, trend;
        var seasons = new double[season];
        int start;
        if (season == 1)
        {
            (level, trend, start) = (values[0], (values[Math.Min(3, values.Length - 1)] - values[0]) / Math.Min(3, values.Length - 1), 1);
        }
        else
        {
            var (one, two) = (values.Take(season).Average(), values.Skip(season).Take(season).Average());
            trend = (two - one) / season;
            for (var i = 0; i < season; i++) seasons[i] = (values[i] - (one + (i - (season - 1) / 2.0) * trend) + (values[i + season] - (two + (i - (season - 1) / 2.0) * trend))) / 2;
            level = one + (season - 1) / 2.0 * trend;
            start = season;
        }
        var (squares, count) = (0.0, 0);
        for (var t = start; t < values.Length; t++)
        {
            var at = t % season;
            var error = values[t] - (level + trend + seasons[at]);
            squares += error * error;
            count++;
            var before = level;
            level = level + trend + a * error;
            trend += b * (level - before - trend);
            if (season > 1) seasons[at] += c * (1 - a) * error;
        }
        // turned, so that it begins with the next step
        var next = values.Length % season;
        return new(level, trend, [.. seasons.Skip(next), .. seasons.Take(next)], Math.Sqrt(squares / Math.Max(1, count)), a, b, c);
    }
}
