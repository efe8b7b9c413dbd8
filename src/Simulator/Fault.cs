namespace SmartCity.Simulator;

/// <summary>What can be wrong with a source. Each is something that real sources have been seen to do.</summary>
public enum Fault
{
    /// <summary>All is well.</summary>
    None,
    /// <summary>Answers, but late: after the scenario's <c>slow</c>.</summary>
    Slow,
    /// <summary>Takes the request and never answers; after the scenario's <c>hang</c> the connection is cut.</summary>
    Hang,
    /// <summary>HTTP 500.</summary>
    ServerError,
    /// <summary>An HTML sign-in page with status 200.</summary>
    HtmlWith200,
    /// <summary>The call quota is used up, said in the body with status 200; 429 where the format has no words for it.</summary>
    QuotaInBody,
    /// <summary>The key is refused, said in the body with status 200; 401 where the format has no words for it.</summary>
    AuthInBody,
    /// <summary>Columns have names that nobody maps.</summary>
    RenamedColumns,
    /// <summary>A third of the things answer zero and empty words, as stations do that have no connection. Only rows and tables.</summary>
    OutageAsZero,
    /// <summary>A success without rows.</summary>
    Empty,
    /// <summary>The body ends after 60 %, and the header agrees with that.</summary>
    Truncated,
    /// <summary>Values and times stand still.</summary>
    Frozen,
    /// <summary>The connection is cut without an answer.</summary>
    Refuse,
}
