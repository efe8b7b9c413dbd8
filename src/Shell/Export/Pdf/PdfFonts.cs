namespace SmartCity.Shell.Export.Pdf;

/// <summary>The fonts of paper: the interface's own, which the build puts into this assembly, and further ones of the city for
/// letters that it does not have.</summary>
internal sealed class PdfFonts
{
    private readonly Lazy<IReadOnlyList<TrueType>> _regular, _bold;

    public PdfFonts(IConfiguration settings)
    {
        // read here, so that a wrong setting stops the start
        var further = settings["Print:Fonts"]?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Read).ToList() ?? [];
        _regular = new(() => [Own("Regular"), .. further]);
        _bold = new(() => [Own("Bold"), .. further]);
    }

    public IReadOnlyList<TrueType> Regular => _regular.Value;
    public IReadOnlyList<TrueType> Bold => _bold.Value;

    private static TrueType Own(string weight)
    {
        using var stream = typeof(PdfFonts).Assembly.GetManifestResourceStream($"fonts/{weight}.ttf")
            ?? throw new NotSupportedException("This program was built without its fonts (SkipClientLibs) and makes no PDF.");
        var data = new byte[stream.Length];
        stream.ReadExactly(data);
        return new(data, "Pretendard-" + weight);
    }

    private static TrueType Read(string path)
    {
        try { return new(File.ReadAllBytes(path), string.Concat(Path.GetFileNameWithoutExtension(path).Where(char.IsAsciiLetterOrDigit))); }
        catch (Exception wrong) when (wrong is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            throw new CannotStartException($"The setting Print:Fonts names {path}, which cannot be used: {wrong.Message} It takes files with TrueType outlines (.ttf), separated by commas.", wrong);
        }
    }
}
