namespace SmartCity.Shell;

/// <summary>Something wrong with what a person wrote: a declaration, a pack, a setting. Told in one plain sentence.</summary>
/// <param name="Where">File and line, or the key of a declaration.</param>
/// <param name="What">What is wrong and what to do.</param>
internal sealed record Problem(string Where, string What)
{
    public override string ToString() => $"{Where}: {What}";
}

/// <summary>The city cannot start; every reason is listed at once.</summary>
public sealed class CannotStartException : Exception
{
    public CannotStartException() { }
    public CannotStartException(string message) : base(message) { }
    public CannotStartException(string message, Exception inner) : base(message, inner) { }

    internal CannotStartException(string what, IReadOnlyCollection<Problem> problems)
        : base(problems.Count == 0 ? what : what + Environment.NewLine + string.Join(Environment.NewLine, problems.Select(p => "  - " + p))) { }
}
