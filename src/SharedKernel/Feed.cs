namespace SmartCity;

/// <summary>What a module wants to be told, and in which units. Where it comes from is the city's business: a
/// descriptor in the city pack (<c>feeds/*.yaml</c>) binds a source to it. The key is also a topic: it is signalled when
/// something new arrived or the state changed.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">What the health page calls it.</param>
/// <param name="Kind">The shape of its records.</param>
public sealed record Feed(string Key, Text Title, FeedKind Kind) : Contribution(Key, Title)
{
    /// <summary>What is observed; only for <see cref="FeedKind.Observations"/>.</summary>
    public IReadOnlyList<Property> Properties { get; init; } = [];
}

/// <summary>The shape of a feed's records.</summary>
public enum FeedKind
{
    /// <summary>Values of properties of things over time: <see cref="Reading"/>.</summary>
    Observations,
    /// <summary>Texts with a title and an address: <see cref="Document"/>.</summary>
    Documents,
    /// <summary>One picture that is replaced: <see cref="Picture"/>.</summary>
    Pictures,
    /// <summary>What happens and ends: <see cref="Event"/>.</summary>
    Events,
    /// <summary>What stands somewhere: <see cref="Thing"/>.</summary>
    Things,
    /// <summary>Values of indicators by period: <see cref="Figure"/>.</summary>
    Figures,
}

/// <summary>Something that is observed.</summary>
/// <param name="Key">Short lower-case name, for example <c>pm25</c>.</param>
/// <param name="Title">What people read.</param>
/// <param name="Unit">UCUM code, for example <c>ug/m3</c>; empty for a bare number.</param>
/// <param name="Min">Smallest value that is believed; below it the value is missing, with the reason.</param>
/// <param name="Max">Largest value that is believed.</param>
/// <param name="Decimals">Digits after the point when shown.</param>
public sealed record Property(string Key, Text Title, string Unit, double Min, double Max, int Decimals = 0);
