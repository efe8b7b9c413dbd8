using System.Security.Cryptography;

namespace SmartCity.UrbanProjects;

/// <summary>The files of documents: below the data folder, outside the web root, each under a random name without an ending.</summary>
internal sealed class PaperStore(string folder)
{
    public string Folder { get; } = Path.GetFullPath(folder);

    /// <summary>Lays bytes down whole, or not at all.</summary>
    /// <returns>The name, and the hash of the bytes.</returns>
    public async Task<(string Name, string Sha256)> Lay(byte[] bytes, CancellationToken cancel)
    {
        Directory.CreateDirectory(Folder);
        var name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var half = PathOf(name) + ".part";
        try
        {
            await File.WriteAllBytesAsync(half, bytes, cancel);
            File.Move(half, PathOf(name));
        }
        catch
        {
            File.Delete(half);
            throw;
        }
        return (name, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }

    public void Remove(string name) => File.Delete(PathOf(name));

    /// <summary>A stored file for reading; null when it is gone.</summary>
    public FileStream? Open(string name) => File.Exists(PathOf(name)) ? new(PathOf(name), FileMode.Open, FileAccess.Read, FileShare.Read) : null;

    private string PathOf(string name) => IsName(name) ? Path.Combine(Folder, name) : throw new ArgumentException("not a name that was given here", nameof(name));

    public static bool IsName(string name) => name.Length == 32 && name.All(char.IsAsciiHexDigitLower);
}
