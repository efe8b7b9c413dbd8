namespace SmartCity;

/// <summary>How much a thing needs a person. Normal has no colour; the others have a shape and a word as well as one.</summary>
public enum State
{
    /// <summary>Nothing to do.</summary>
    Normal,
    /// <summary>Worth knowing.</summary>
    Info,
    /// <summary>Watch it.</summary>
    Caution,
    /// <summary>Act soon.</summary>
    Serious,
    /// <summary>Act now.</summary>
    Critical,
}
