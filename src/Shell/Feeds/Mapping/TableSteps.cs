using SmartCity.Shell.City;

namespace SmartCity.Shell.Feeds.Mapping;

/// <summary>What is done to a table before it is mapped.</summary>
internal static class TableSteps
{
    /// <summary>Applies the steps in their order; null, or what made them impossible.</summary>
    public static string? Apply(FeedDescriptor.RowsOf steps, Table table, CityPack city)
    {
        foreach (var rule in steps.Drop)
        {
            var columns = rule.Select(r => (At: table.Find(r.Key), r.Value)).ToList();
            table.Rows.RemoveAll(row => columns.TrueForAll(c => Table.At(row, c.At).ToString() == c.Value));
        }
        return null;
    }
}
