namespace SmartCity;

/// <summary>The city's audit trail: who did what, kept and never changed by a page.</summary>
public interface IAudit
{
    /// <summary>Writes an entry in the name of the signed-in person. Write it before the change it tells of: what cannot be
    /// audited is not done.</summary>
    /// <param name="kind">Key of the module's word for the deed: <c>module.audit.deed</c>, at most 40 letters.</param>
    /// <param name="subject">What it was done to: a key, an address.</param>
    /// <param name="detail">What was done, in a few words; cut at 300 letters.</param>
    Task Write(string kind, string? subject = null, string? detail = null);
}
