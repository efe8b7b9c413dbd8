namespace SmartCity;

/// <summary>A source that a city reads by code of its own where no address can be asked: a database, a queue, a shared folder. Register it
/// in <c>Program.cs</c> with <c>city.Services.AddSingleton&lt;ICitySource&gt;(…)</c>. A feed's descriptor names it like any other
/// source; schedule, mapping, store and "as of" stay the platform's.</summary>
public interface ICitySource
{
    /// <summary>Key of the source in <c>city.json</c>.</summary>
    string Key { get; }

    /// <summary>Answers as the source would: bytes in the format that the descriptor names. What it throws counts as a source that is down.</summary>
    /// <param name="path">The descriptor's <c>url</c>, filled in.</param>
    /// <param name="cancel">The feed's time is over, or the city stops.</param>
    Task<ReadOnlyMemory<byte>> Read(string path, CancellationToken cancel);
}
