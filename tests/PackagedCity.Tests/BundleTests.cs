using System.IO.Compression;
using System.Security.Cryptography;

namespace PackagedCity.Tests;

/// <summary>The installer takes what was signed and nothing else, and says why not.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly Workshop _shop = new();
    private string Bundle => Path.Combine(_shop.Folder, Path.GetFileName(Packed.Bundle("A")));

    private void Bring(Action<ZipArchive> change)
    {
        File.Copy(Packed.Bundle("A"), Bundle, overwrite: true);
        File.Copy(Path.Combine(Packed.Bundles, "smartcity-signing-key.pem"), Path.Combine(_shop.Folder, "smartcity-signing-key.pem"), overwrite: true);
        using var zip = ZipFile.Open(Bundle, ZipArchiveMode.Update);
        change(zip);
    }

    private async Task<string> Refused()
    {
        using var key = ECDsa.Create();
        key.ImportFromPem(File.ReadAllText(Path.Combine(_shop.Folder, "smartcity-signing-key.pem")));
        var said = await _shop.Dotnet($"run \"{Path.Combine(Packed.Bundles, "install.cs")}\" -- {Path.GetFileName(Bundle)} --fingerprint {Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))}", _shop.Folder);
        Assert.Equal(1, said.Code);
        Assert.False(Directory.Exists(Path.Combine(_shop.Folder, "packages")), "something was unpacked");
        return said.Text;
    }

    private static void Rewrite(ZipArchive zip, string name, Func<byte[], byte[]> change)
    {
        var entry = zip.GetEntry(name)!;
        using var bytes = new MemoryStream();
        using (var old = entry.Open()) old.CopyTo(bytes);
        entry.Delete();
        using var now = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        now.Write(change(bytes.ToArray()));
    }

    private static byte[] OneByte(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 1;
        return bytes;
    }

    [Fact]
    public async Task A_changed_byte_is_refused_and_the_file_named()
    {
        var package = $"packages/SmartCity.Shell.{Packed.Version}.nupkg";
        Bring(zip => Rewrite(zip, package, OneByte));
        Assert.Contains($"{package} is not what was signed, at least one byte differs. Nothing was unpacked.", await Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_changed_list_is_refused()
    {
        Bring(zip => Rewrite(zip, "manifest.sha256", OneByte));
        Assert.Contains("manifest.sha256 was not signed with this key, or was changed afterwards", await Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_put_in_is_refused()
    {
        Bring(zip => zip.CreateEntry("packages/Extra.1.0.0.nupkg"));
        Assert.Contains("packages/Extra.1.0.0.nupkg is not in the signed list", await Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_is_refused()
    {
        Bring(_ => { });
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(_shop.Folder, "smartcity-signing-key.pem"), other.ExportSubjectPublicKeyInfoPem());
        Assert.Contains("was not signed with this key", await Refused(), StringComparison.Ordinal);
    }

    public void Dispose() => _shop.Dispose();
}
