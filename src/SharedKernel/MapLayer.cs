namespace SmartCity;

/// <summary>A theme or a set of glyphs on the city's map, drawn from a dataset. The layer follows its dataset's topics.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">What the layer switch says.</param>
/// <param name="Dataset">Key of a dataset with an area column (fill) or with places (glyphs).</param>
/// <param name="Column">Key of the column that is shown.</param>
/// <param name="Style">How it is drawn.</param>
public sealed record MapLayer(string Key, Text Title, string Dataset, string Column, MapStyle Style) : Contribution(Key, Title)
{
    /// <summary>The classes of the scale, lowest first; the legend and the words of the list twin.</summary>
    public Func<ICity, IReadOnlyList<MapClass>> Classes { get; init; } = _ => [];
    /// <summary>The colours of a fill.</summary>
    public Palette Palette { get; init; }
    /// <summary>Address below the language of the page behind it; <c>{area}</c> is filled in.</summary>
    public string? Url { get; init; }
    /// <summary>True for places too many or too dense for the drawing of the whole city: the layer is on the street map alone.</summary>
    public bool StreetOnly { get; init; }
}

/// <summary>The colours of a fill. The names of the classes always stand beside them.</summary>
public enum Palette
{
    /// <summary>From paper to red: the more, the worse.</summary>
    Warm,
    /// <summary>From paper to deep blue: the more, the more.</summary>
    Water,
}

/// <summary>How a layer is drawn.</summary>
public enum MapStyle
{
    /// <summary>Areas are filled by the class of their value. One at a time is shown.</summary>
    Fill,
    /// <summary>A glyph stands at each place, with its value.</summary>
    Glyph,
}

/// <summary>One class of a layer's scale.</summary>
/// <param name="Below">Values below this belong to it (after the classes before it); null for the last.</param>
/// <param name="Title">Its word.</param>
/// <param name="State">How much it needs a person: gives the fill its strength and the glyph its shape.</param>
public sealed record MapClass(double? Below, Text Title, State State);
