namespace SmartCity;

/// <summary>A printed account: datasets, figures and words, in one order.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">Its title.</param>
/// <param name="Datasets">Keys of the datasets it prints, in order.</param>
public sealed record Report(string Key, Text Title, IReadOnlyList<string> Datasets) : Contribution(Key, Title)
{
    /// <summary>What stands before the tables.</summary>
    public Text? Preface { get; init; }
}
