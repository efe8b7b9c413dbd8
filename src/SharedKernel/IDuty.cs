namespace SmartCity;

/// <summary>What a city does once, on however many hosts it runs: asking the sources, computing, putting away.</summary>
public interface IDuty
{
    /// <summary>True while this host is the one that does it; always where there is one host. Ask at the start of every round.</summary>
    bool IsMine { get; }
}
