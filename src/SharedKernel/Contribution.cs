namespace SmartCity;

/// <summary>Something a module offers the city. Wrong declarations stop the start, all of them reported at once.</summary>
/// <param name="Key"><c>module.thing</c>; the first part is the module's own key. Unique among contributions of its kind.</param>
/// <param name="Title">What people read.</param>
public abstract record Contribution(string Key, Text Title)
{
    /// <summary>The permission that opens it. When null, the module's own <c>.view</c>: closed unless opened.</summary>
    public string? Permission { get; init; }

    /// <summary>Breaks ties where contributions stand in a row; then by title. Lower comes first.</summary>
    public int Order { get; init; }

    /// <summary>The part of <see cref="Key"/> before the first dot.</summary>
    public string ModuleKey => Key.Split('.')[0];
}

/// <summary>A capability that can be granted to roles on the role screen. A module has few of them, one per
/// capability, not one per endpoint. A module that declares no <c>module.view</c> is open to administrators only.</summary>
/// <param name="Key"><c>module.verb</c>, for example <c>traffic.view</c>.</param>
/// <param name="Title">What the role screen shows.</param>
/// <param name="DefaultRoles">Roles that have it until an administrator says otherwise, see <see cref="Roles"/>.</param>
public sealed record Permission(string Key, Text Title, params string[] DefaultRoles) : Contribution(Key, Title);

/// <summary>The roles of the platform. <see cref="Anyone"/> is held by everyone, signed in or not.</summary>
public static class Roles
{
    /// <summary>Everyone, also without signing in.</summary>
    public const string Anyone = "Anyone";
    /// <summary>A signed-in citizen.</summary>
    public const string Citizen = "Citizen";
    /// <summary>A city official.</summary>
    public const string Official = "Official";
    /// <summary>The head of a department.</summary>
    public const string DepartmentHead = "DepartmentHead";
    /// <summary>Staff of the mayor's office.</summary>
    public const string MayorsOffice = "MayorsOffice";
    /// <summary>The mayor.</summary>
    public const string Mayor = "Mayor";
    /// <summary>Runs the platform; has every permission.</summary>
    public const string Administrator = "Administrator";

    /// <summary>Every role, from the least to the most trusted.</summary>
    public static IReadOnlyList<string> All { get; } = [Anyone, Citizen, Official, DepartmentHead, MayorsOffice, Mayor, Administrator];

    /// <summary>Roles of people who work for the city.</summary>
    public static string[] Staff { get; } = [Official, DepartmentHead, MayorsOffice, Mayor];
}

/// <summary>A line in the menu, the breadcrumbs, the site map and the command words.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">What people read.</param>
/// <param name="Url">Address below the language, for example <c>/traffic</c>.</param>
public sealed record MenuItem(string Key, Text Title, string Url) : Contribution(Key, Title);

/// <summary>Words that open a page from the search box, by voice or by keyboard.</summary>
/// <param name="Key"><c>module.thing</c>.</param>
/// <param name="Title">What the answer says.</param>
/// <param name="Url">Address below the language.</param>
/// <param name="Phrases">What people say or type, a list in each language, separated by <c>|</c>.</param>
public sealed record Command(string Key, Text Title, string Url, Text Phrases) : Contribution(Key, Title);
