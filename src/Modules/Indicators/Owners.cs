namespace SmartCity.Indicators;

/// <summary>Who answers for an indicator: somebody of a department writes for it and for no other; somebody of none (the mayor's office, a city that keeps no
/// departments) for all that the permission allows.</summary>
internal static class Owners
{
    public static bool May(IAudience audience, ICity city, Indicator indicator) =>
        audience.Department is not { } own || city.FindDepartment(indicator.Owner.In(city.Languages[0])) is not { } owner || owner.Code == own;
}
