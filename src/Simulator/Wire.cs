using System.Text;
using System.Text.Encodings.Web;

namespace SmartCity.Simulator;

/// <summary>An answer on its way out.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="ContentType">As the source writes it.</param>
/// <param name="Body">The whole body.</param>
internal sealed record Wire(int Status, string ContentType, byte[] Body)
{
    /// <summary>Writes letters of every language as they are, as the sources do; nothing written with it goes into HTML.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    /// <summary>Tells an unchanged body; null where the source gives none.</summary>
    public string? ETag { get; init; }
    public DateTimeOffset? LastModified { get; init; }
    /// <summary>How long the answer waits.</summary>
    public TimeSpan Late { get; init; }
    /// <summary>True when the connection is cut instead of an answer.</summary>
    public bool Cut { get; init; }
    /// <summary>Each second's piece of an answer that never ends, by the moment; null for one that does.</summary>
    public Func<DateTimeOffset, byte[]>? Frame { get; init; }

    public static Wire Text(string contentType, string body, int status = 200) => new(status, contentType, Encoding.UTF8.GetBytes(body));
}

/// <summary>What is asked of a source.</summary>
/// <param name="Source">The source.</param>
/// <param name="Moment">The instant the answer is about.</param>
/// <param name="Fault">A fault that changes the content, or none.</param>
/// <param name="OldNames">True when columns have their old names.</param>
/// <param name="Named">The named segments of the address.</param>
internal sealed record Question(Source Source, DateTimeOffset Moment, Fault Fault, bool OldNames, IReadOnlyDictionary<string, string> Named)
{
    /// <summary>The name of a column or an element under the current naming.</summary>
    public string NameOf(string name, string? old = null)
    {
        var current = OldNames ? old ?? name : name;
        return Fault == Fault.RenamedColumns ? "X_" + current : current;
    }
}
