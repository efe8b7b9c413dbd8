using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SmartCity.DisasterSafety;
using SmartCity.Shell;
using SmartCity.Shell.Localization;
using SmartCity.Tests.Export;

namespace SmartCity.Tests.DisasterSafety;

/// <summary>Events as sources tell them, and incidents made of them.</summary>
internal static class Made
{
    public static readonly DateTimeOffset Now = new(2026, 7, 20, 4, 0, 0, TimeSpan.Zero);
    public static ICity City => Printed.City;
    public static WordBook Words { get; } = new(Printed.City, [typeof(SmartCityApp).Assembly, typeof(DisasterSafetyModule).Assembly], NullLogger<WordBook>.Instance);
    public static readonly Place Middle = new(37.5665, 126.978);

    public static Event Run(string id, string kind = "fire", string? area = "11140", Place? place = null, DateTimeOffset? since = null, bool test = false, string? address = "중구 공원로 132 3층") =>
        new(id, 1, kind, EventStatus.Active, Text.Same(kind), since ?? Now.AddMinutes(-5), Now.AddMinutes(-4))
        {
            Onset = since ?? Now.AddMinutes(-5),
            Areas = area is null ? [] : [area],
            Shape = Shape.At(place ?? Middle),
            Test = test,
            Attributes = address is null ? Attributes.None : new Dictionary<string, string> { ["address"] = address, ["crew"] = "중부소방서 7대", ["state"] = "출동" },
        };

    public static Event Quake(string id, double? magnitude, DateTimeOffset at, Place? place) => new(id, 1, "earthquake", EventStatus.Active, Text.Same("quake"), at.AddMinutes(3), at.AddMinutes(3))
    {
        Onset = at,
        Expires = at.AddHours(24),
        Shape = place is { } p ? Shape.At(p) : null,
        Attributes = magnitude is { } m ? new Dictionary<string, string> { ["mag"] = m.ToString(CultureInfo.InvariantCulture) } : Attributes.None,
    };

    public static IReadOnlyList<Incident> Incidents(IReadOnlyList<Event> runs, IReadOnlyList<Act>? acts = null, DateTimeOffset? now = null) =>
        Assembly.Of(new Dictionary<string, IReadOnlyList<Event>> { [DisasterSafetyModule.Dispatch] = runs }, acts ?? [], City, now ?? Now);

    public static Incident Incident(Event run, params Act[] acts) => Incidents([run], acts).Single();

    public static T In<T>(string culture, Func<T> ask)
    {
        var before = (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            return ask();
        }
        finally { (CultureInfo.CurrentCulture, CultureInfo.CurrentUICulture) = before; }
    }
}
