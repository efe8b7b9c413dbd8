namespace SmartCity.Shell.Outbound;

/// <summary>A limit of ours was reached, or an address is none that may be asked. The text is for officials: it has no secret in it.</summary>
internal sealed class OutboundRefusal(FetchOutcome outcome, string reason) : IOException(reason)
{
    public FetchOutcome Outcome => outcome;

    /// <summary>The refusal in what a client threw, however deep.</summary>
    public static OutboundRefusal? In(Exception? thrown)
    {
        for (; thrown is not null; thrown = thrown.InnerException) if (thrown is OutboundRefusal refusal) return refusal;
        return null;
    }
}
