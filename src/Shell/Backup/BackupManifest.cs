using System.Text.Encodings.Web;
using System.Text.Json;

namespace SmartCity.Shell.Backup;

/// <summary>What a backup says of itself, as <c>manifest.json</c> within it.</summary>
/// <param name="City">Key of the city it is of.</param>
/// <param name="Build">Version of the program that made it.</param>
/// <param name="Database"><c>sqlite</c> or <c>postgres</c>.</param>
/// <param name="Migrations">The migrations that were applied, by module.</param>
/// <param name="Rows">Rows of every table, as they are in it.</param>
/// <param name="Files">Everything else that is in it.</param>
internal sealed record BackupManifest(string Format, string City, DateTimeOffset Made, string Build, string Database, IReadOnlyDictionary<string, IReadOnlyList<string>> Migrations, IReadOnlyDictionary<string, long> Rows, IReadOnlyList<BackupManifest.Entry> Files)
{
    public const string Current = "smartcity-backup/1", Name = "manifest.json";
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="Path">Name within the backup.</param>
    /// <param name="Sha256">Of the bytes, in lower-case hexadecimal.</param>
    internal sealed record Entry(string Path, long Bytes, string Sha256);
}
