namespace SmartCity.Indicators;

/// <summary>How a standing looks: a glyph and a ground of the product's own scale, never a colour alone.</summary>
internal static class Look
{
    public static string Glyph(Standing standing) => standing switch
    {
        Standing.Near => "caution",
        Standing.Behind => "serious",
        Standing.Overdue => "late",
        Standing.NoData => "nodata",
        _ => "normal",
    };

    public static string State(Standing standing) => standing is Standing.Near or Standing.Behind ? Glyph(standing) : "normal";

    public static string Fresh(Standing standing) => standing switch { Standing.Overdue => "late", Standing.NoData => "nodata", _ => "live" };

    /// <summary>What counts on a card: the target, and by how much it is missed or passed.</summary>
    public static string Comparison(Track track, IWords words) => track.Aim is not { } aim ? "" : aim.Shortfall switch
    {
        > 0 => words.Of("indicators.card.missed", track.Indicator.Write(aim.Target), track.Indicator.Write(aim.Shortfall)),
        < 0 => words.Of("indicators.card.passed", track.Indicator.Write(aim.Target), track.Indicator.Write(-aim.Shortfall)),
        _ => words.Of("indicators.card.met", track.Indicator.Write(aim.Target)),
    };
}
