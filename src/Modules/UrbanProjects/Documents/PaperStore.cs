using System.Security.Cryptography;

namespace SmartCity.UrbanProjects;

/// <summary>The files of documents: below the data folder, outside the web root, each under a random name without an ending.</summary>
internal sealed class PaperStore(string folder)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Lays bytes down whole, or not at all; until a row names them and they are kept, a mark stands beside them.</summary>
    /// <returns>The name, and the hash of the bytes.</returns>
    public async Task<(string Name, string Sha256)> Lay(byte[] bytes, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var half = PathOf(name) + ".half.part";
        try
        {
            await File.WriteAllBytesAsync(MarkOf(name), [], cancel);
            await File.WriteAllBytesAsync(half, bytes, cancel);
            File.Move(half, PathOf(name));
        }
        catch
        {
            File.Delete(half);
            File.Delete(MarkOf(name));
            throw;
        }
        return (name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    /// <summary>A row names it now.</summary>
    public void Keep(string name) => File.Delete(MarkOf(name));

    public void Remove(string name)
    {
        File.Delete(PathOf(name));
        File.Delete(PathOf(name) + ".half.part");
        File.Delete(MarkOf(name));
    }

    /// <summary>Names that are marked for longer than an hour: a program that was killed left them, with or without a row.</summary>
    public IEnumerable<string> Unfinished(DateTimeOffset now) => !Directory.Exists(Folder) ? [] :
        Directory.EnumerateFiles(Folder, "*.part").Where(f => now.UtcDateTime - File.GetLastWriteTimeUtc(f) > Longest).Select(f => Path.GetFileNameWithoutExtension(f)).Where(IsName).ToList();

    /// <summary>A stored file for reading; null when it is gone.</summary>
    public FileStream? Open(string name) => File.Exists(PathOf(name)) ? new(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read) : null;

    private string MarkOf(string name) => PathOf(name) + ".part";

    private string PathOf(string name) => IsName(name) ? Path.Combine(Folder, name) : throw new ArgumentException("not a name that was given here", nameof(name));

    public static bool IsName(string name) => name.Length == 32 && name.All(char.IsAsciiHexDigitLower);
}
