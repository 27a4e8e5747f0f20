// SPDX-License-Identifier: MIT
//
// An editor of mapped files: it changes a file's text where it lies in memory, and maps the file
// anew where the text becomes longer or shorter.
//
//     mapped_editor FILE COMMAND...      show | replace OLD NEW | append TEXT | insert LINE TEXT
//
// Without arguments it shows itself at work on a file of its own.
#include <isthmus/win32.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  HANDLE file;
  HANDLE mapping;
  char* text; /* NULL while the file is empty: there is nothing to map then */
  DWORD size;
} MAPPED_FILE;

static BOOL Complain(const char* what) {
  printf("%s: error %lu\n", what, (unsigned long)GetLastError());
  return FALSE;
}

/* Maps the file with this size; it becomes as long as that. */
static BOOL MapText(MAPPED_FILE* file, DWORD size) {
  file->size = size;
  if (size == 0) return TRUE;
  file->mapping = CreateFileMappingA(file->file, NULL, PAGE_READWRITE, 0, size, NULL);
  if (file->mapping == NULL) return Complain("CreateFileMapping");
  file->text = (char*)MapViewOfFile(file->mapping, FILE_MAP_WRITE, 0, 0, 0);
  if (file->text == NULL) return Complain("MapViewOfFile");
  return TRUE;
}

static void UnmapText(MAPPED_FILE* file) {
  if (file->text != NULL) {
    FlushViewOfFile(file->text, 0);
    UnmapViewOfFile(file->text);
  }
  if (file->mapping != NULL) CloseHandle(file->mapping);
  file->text = NULL;
  file->mapping = NULL;
}

static BOOL OpenText(MAPPED_FILE* file, const char* path) {
  ZeroMemory(file, sizeof *file);
  file->file = CreateFileA(path, GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ, NULL, OPEN_ALWAYS,
                           FILE_ATTRIBUTE_NORMAL, NULL);
  if (file->file == INVALID_HANDLE_VALUE) return Complain(path);
  return MapText(file, GetFileSize(file->file, NULL));
}

static void CloseText(MAPPED_FILE* file) {
  UnmapText(file);
  if (file->file != INVALID_HANDLE_VALUE) CloseHandle(file->file);
}

/* Puts `length` bytes in the place of `removed` ones, and moves what follows. */
static BOOL Splice(MAPPED_FILE* file, DWORD at, DWORD removed, const char* text, DWORD length) {
  DWORD behind = file->size - at - removed, size = file->size - removed + length;

  if (length > removed) { /* grow first, then move */
    UnmapText(file);
    if (!MapText(file, size)) return FALSE;
  }
  if (behind != 0) memmove(file->text + at + length, file->text + at + removed, behind);
  if (length != 0) memcpy(file->text + at, text, length);
  if (length < removed) { /* a mapped file cannot be cut */
    UnmapText(file);
    SetFilePointer(file->file, (LONG)size, NULL, FILE_BEGIN);
    if (!SetEndOfFile(file->file)) return Complain("SetEndOfFile");
    return MapText(file, size);
  }
  return TRUE;
}

static BOOL Replace(MAPPED_FILE* file, const char* old, const char* with) {
  DWORD old_length = (DWORD)strlen(old), length = (DWORD)strlen(with), at = 0, count = 0;

  while (old_length != 0 && file->size >= old_length && at <= file->size - old_length) {
    if (memcmp(file->text + at, old, old_length) != 0) {
      ++at;
      continue;
    }
    if (!Splice(file, at, old_length, with, length)) return FALSE;
    at += length;
    ++count;
  }
  printf("%lu times '%s' is '%s' now, %s.\n", (unsigned long)count, old, with,
         length == old_length ? "in its place" : "mapped anew");
  return TRUE;
}

static BOOL InsertLine(MAPPED_FILE* file, DWORD line, const char* text) {
  DWORD at = 0;

  for (; line > 1 && at < file->size; ++at)
    if (file->text[at] == '\n') --line;
  return Splice(file, at, 0, text, (DWORD)strlen(text)) &&
         Splice(file, at + (DWORD)strlen(text), 0, "\n", 1);
}

static void Show(const MAPPED_FILE* file) {
  DWORD at, line = 1;

  printf("%lu bytes:\n", (unsigned long)file->size);
  for (at = 0; at < file->size; ++at) {
    if (at == 0 || file->text[at - 1] == '\n') printf("%4lu  ", (unsigned long)line++);
    putchar(file->text[at]);
  }
  if (at != 0 && file->text[at - 1] != '\n') putchar('\n');
}

static int Run(const char* path, int count, char** words) {
  MAPPED_FILE file;
  BOOL well = OpenText(&file, path);
  int i = 0;

  while (well && i < count) {
    const char* command = words[i];
    const int left = count - i - 1;
    if (strcmp(command, "show") == 0) {
      Show(&file);
      i += 1;
    } else if (strcmp(command, "replace") == 0 && left >= 2) {
      well = Replace(&file, words[i + 1], words[i + 2]);
      i += 3;
    } else if (strcmp(command, "append") == 0 && left >= 1) {
      well = InsertLine(&file, MAXDWORD, words[i + 1]);
      i += 2;
    } else if (strcmp(command, "insert") == 0 && left >= 2) {
      well = InsertLine(&file, (DWORD)atoi(words[i + 1]), words[i + 2]);
      i += 3;
    } else {
      printf("'%s' is no command, or something is missing behind it.\n", command);
      well = FALSE;
    }
  }
  CloseText(&file);
  return well ? 0 : 1;
}

/* What is in the file, read as files are. */
static void ReadBack(const char* path) {
  char buffer[512];
  DWORD done = 0;
  HANDLE file = CreateFileA(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING,
                            FILE_ATTRIBUTE_NORMAL, NULL);

  if (file == INVALID_HANDLE_VALUE || !ReadFile(file, buffer, sizeof buffer, &done, NULL))
    Complain("ReadFile");
  else
    printf("In the file are %lu bytes:\n%.*s", (unsigned long)done, (int)done, buffer);
  CloseHandle(file);
}

static void CutWhileMapped(const char* path) {
  MAPPED_FILE file;

  if (!OpenText(&file, path)) return;
  SetFilePointer(file.file, 5, NULL, FILE_BEGIN);
  if (!SetEndOfFile(file.file))
    printf("While it is mapped it cannot be cut: error %lu.\n", (unsigned long)GetLastError());
  UnmapText(&file);
  if (SetEndOfFile(file.file))
    printf("Unmapped it has %lu bytes.\n", (unsigned long)GetFileSize(file.file, NULL));
  CloseText(&file);
}

static int Demonstrate(void) {
  static char path[] = "mapped_editor.tmp";
  static char* words[] = {"append",  "The quick brown fox",
                          "append",  "jumps over the lazy dog.",
                          "show",    "replace",
                          "quick",   "vivid",
                          "insert",  "2",
                          "happily", "replace",
                          "the",     "each and every",
                          "replace", "dog",
                          "ox",      "show"};
  static char* wrong[] = {"replace", "alone"};
  int result;

  DeleteFileA(path);
  result = Run(path, sizeof words / sizeof *words, words);
  ReadBack(path);
  if (Run(path, 2, wrong) != 1) result = 1;
  CutWhileMapped(path);
  ReadBack(path);
  if (!DeleteFileA(path)) result = 1;
  if (!DeleteFileA(path)) printf("\nIt is gone: error %lu.\n", (unsigned long)GetLastError());
  return result;
}

int main(int argc, char** argv) {
  if (argc == 1) return Demonstrate();
  if (argc == 2) {
    printf("mapped_editor FILE COMMAND...: show, replace OLD NEW, append TEXT, insert LINE TEXT\n");
    return 2;
  }
  return Run(argv[1], argc - 2, argv + 2);
}
