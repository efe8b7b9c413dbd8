using System.Globalization;
using System.Text;

namespace SmartCity.Shell.Access;

/// <summary>Kinds of entries in the audit trail.</summary>
internal static class AuditKinds
{
    public const string SignIn = "sign-in";
    public const string SignInFailed = "sign-in-failed";
    public const string SignOut = "sign-out";
    public const string Denied = "denied";
    public const string RoleGranted = "role-granted";
    public const string RoleRemoved = "role-removed";
    public const string GrantChanged = "grant-changed";
    public const string PersonCreated = "person-created";
    public const string DepartmentSet = "department-set";
    public const string PersonLocked = "person-locked";
    public const string PersonUnlocked = "person-unlocked";
    public const string PasswordChanged = "password-changed";
    public const string SecondFactorChanged = "second-factor-changed";
    public const string LinkCreated = "link-created";
    public const string LinkUsed = "link-used";
    public const string SessionsEnded = "sessions-ended";
    public const string FeedDrafted = "feed-drafted";
    public const string FeedApproved = "feed-approved";
    public const string FeedRetired = "feed-retired";
    public const string FeedUploaded = "feed-uploaded";
    public const string FeedRetracted = "feed-retracted";

    public static IReadOnlyList<string> All { get; } = [SignIn, SignInFailed, SignOut, Denied, RoleGranted, RoleRemoved, GrantChanged, PersonCreated, DepartmentSet, PersonLocked, PersonUnlocked, PasswordChanged, SecondFactorChanged, LinkCreated, LinkUsed, SessionsEnded, FeedDrafted, FeedApproved, FeedRetired, FeedUploaded, FeedRetracted];
}

/// <summary>Writes the audit trail.</summary>
internal sealed class Audit(AccessDb db, IHttpContextAccessor http, TimeProvider time) : IAudit
{
    /// <summary>Who does it where nobody is signed in; the console when null.</summary>
    public string? By { get; set; }

    Task IAudit.Write(string kind, string? subject, string? detail) => Write(kind, subject, detail);

    /// <summary>Adds an entry that is saved together with the change it tells of, or not at all.</summary>
    /// <param name="person">Who did it; the signed-in person when null.</param>
    public void Add(string kind, string? subject = null, string? detail = null, string? person = null) =>
        db.Audit.Add(Entry(kind, subject, detail, person ?? By, http.HttpContext, time));

    /// <summary>Writes an entry of its own, where nothing else is changed.</summary>
    public Task Write(string kind, string? subject = null, string? detail = null, string? person = null)
    {
        Add(kind, subject, detail, person);
        return db.SaveChangesAsync(CancellationToken.None);
    }

    public static AuditEntry Entry(string kind, string? subject, string? detail, string? person, HttpContext? http, TimeProvider time) => new()
    {
        At = time.GetUtcNow().ToUnixTimeMilliseconds(),
        Kind = kind,
        Person = Plain(person ?? http?.User.Identity?.Name ?? (http is null ? "console" : null)),
        Subject = Plain(subject),
        Detail = Plain(detail),
        Address = Throttle.AddressOf(http),
    };

    /// <summary>What cannot be seen, or turns the reading direction, is written as its number: nobody forges a line of the trail.</summary>
    public static string? Plain(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        var plain = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            var hidden = Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned;
            var piece = hidden ? string.Create(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:X4}}}") : rune.ToString();
            if (plain.Length + piece.Length > AuditEntry.Longest) break;
            plain.Append(piece);
        }
        return plain.ToString();
    }
}
