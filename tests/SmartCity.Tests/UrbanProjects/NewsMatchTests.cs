using SmartCity.UrbanProjects;

namespace SmartCity.Tests.UrbanProjects;

/// <summary>Which news belongs to a project.</summary>
public sealed class NewsMatchTests
{
    private static readonly Project Walk = new()
    {
        Key = "walk",
        Name = Text.Of("성곽 밤길", "Wall by night"),
        Classification = new("culture", Text.Same("culture"), 1),
        Department = new("culture", Text.Same("culture")),
        News = ["조명", "lights", "X", "길", "5G"],
    };

    [Theory]
    [InlineData("New lights for the old town", "lights", true)]
    [InlineData("LIGHTS, at last", "lights", true)]
    [InlineData("Highlights of the week", "lights", false)]
    [InlineData("The wall's last stone", "wall", true)]
    [InlineData("A wallet was found", "wall", false)]
    [InlineData("A wallet by the wall", "wall", true)]
    [InlineData("15G of sugar, 5Gs", "5G", false)]
    [InlineData("서울 5G망을 넓힌다", "5G", true)]
    // particles and compounds are joined to a Korean word
    [InlineData("조명을 새로 놓습니다", "조명", true)]
    [InlineData("야간조명이 켜졌다", "조명", true)]
    [InlineData("조 명단을 알립니다", "조명", false)]
    // a word of one letter would be everywhere
    [InlineData("길을 넓힌다", "길", false)]
    [InlineData("", "lights", false)]
    [InlineData("lights", "", false)]
    public void A_text_speaks_of_a_word_or_only_looks_like_it(string text, string word, bool speaks) => Assert.Equal(speaks, NewsWords.Speaks(text, word, null));

    [Theory]
    // Russian: an ending of up to three letters, in which the last vowel goes
    [InlineData("ru", "Новые огни у старой стены", "стена", true)]
    [InlineData("ru", "Под стенами светло", "Стена", true)]
    [InlineData("ru", "Стенографисты спорят", "стена", false)]
    [InlineData("ru", "Открытие моста", "мост", true)]
    [InlineData("ru", "Мостовая готова", "мост", false)]
    [InlineData("ru", "Помост готов", "мост", false)]
    [InlineData("ru", "В ночном парке людно", "ночной парк", true)]
    [InlineData(null, "Открытие моста", "мост", true)]
    // Uzbek: endings stand one behind the other, and the apostrophe is typed in several ways
    [InlineData("uz", "Ko'priklarida chiroqlar", "ko‘prik", true)]
    [InlineData("uz", "Yangi yo‘lda", "yo‘l", true)]
    [InlineData("uz", "Bekatdan", "kat", false)]
    // English has none
    [InlineData("en", "A wallet was found", "wall", false)]
    [InlineData("en", "Night  lights return", "night lights", true)]
    [InlineData("en", "Night\nlights return", "night lights", false)]
    public void A_word_may_have_the_endings_of_its_language(string? language, string text, string word, bool speaks) => Assert.Equal(speaks, NewsWords.Speaks(text, word, language));

    [Theory]
    // the project's own name is enough
    [InlineData("Wall by night opens", "", "Wall by night")]
    [InlineData("성곽 밤길에 사람이 몰렸다", "", "성곽 밤길")]
    // a word counts only together with the place, in title or summary
    [InlineData("New lights", "Jongno gets them first", "lights")]
    [InlineData("New lights", "Gangnam gets them first", null)]
    [InlineData("Jongno budget", "nothing else", null)]
    [InlineData("Highlights from Jongno", "", null)]
    [InlineData("종로구에 조명을", "", "조명")]
    [InlineData("", "", null)]
    public void News_belong_by_name_or_by_word_and_place(string title, string summary, string? word) => Assert.Equal(word, new NewsWords(Walk, ["종로구", "Jongno"], null).In(title, summary));

    [Fact]
    public void Without_a_place_the_word_alone_counts_and_without_words_only_the_name()
    {
        Assert.Equal("lights", new NewsWords(Walk, [], "en").In("New lights in Gangnam", ""));
        Assert.Null(new NewsWords(Walk with { News = [] }, [], "en").In("New lights", ""));
        Assert.Equal("Wall by night", new NewsWords(Walk with { News = [] }, [], "en").In("Wall by night", ""));
    }
}
